import type { Item } from '../../../grammar/statement.ts';
import { isMisspelling } from '../../text/nearest.ts';
import type { Fault, Faults } from '../faults/problem.ts';
import type { Levels } from '../session/levels.ts';
import type { BatchOptions } from '../session/session.ts';
import { foreignSecret, withoutSecret } from './foreign-secret.ts';
import { foreignHint, hinted, typographicHint } from './foreign-text.ts';
import { unknownName } from './recovery.ts';

/** What the faults of an item are to a batch. */
export type Judged =
  /** A table or field that Levee has not is left out. `meant`: the word of ours that it nearly is. */
  | { readonly kind: 'unknown'; readonly name: string; readonly meant: string | undefined }
  /** A secret that another system has sealed is left out. */
  | { readonly kind: 'secret'; readonly name: string }
  /** `isAvoidable`: with `skipUnknown` it would be left out. */
  | { readonly kind: 'mistakes'; readonly faults: Faults; readonly isAvoidable: boolean };

/** Tells mistakes from what is left out, and says what is known of the looks of their line, or what to do about them. */
export function judge(
  item: Item,
  faults: Faults,
  text: string,
  levels: Levels,
  { skipUnknown, isImport }: BatchOptions,
): Judged {
  const secret = foreignSecret(item, faults, levels);
  if (skipUnknown && secret !== undefined) return { kind: 'secret', name: withoutSecret(secret) };
  const hint = foreignHint(item, text) ?? typographicHint(faults);
  if (hint !== undefined) {
    return { kind: 'mistakes', faults: faults.map((fault) => hinted(fault, hint)), isAvoidable: false };
  }
  const name = unknownName(item, faults);
  const meant = meantBy(faults[0]);
  if (skipUnknown && name !== undefined) return { kind: 'unknown', name, meant };
  const isForeign = secret !== undefined || (name !== undefined && meant === undefined);
  const isAvoidable = isImport && !skipUnknown && isForeign;
  return { kind: 'mistakes', faults: secret && isAvoidable ? faults.map(avoidable) : faults, isAvoidable };
}

/** Names of other systems may well be like ours: only what looks like a slip is one. */
function meantBy(fault: Fault | undefined): string | undefined {
  const { word = '', nearest } = fault ?? {};
  return nearest !== undefined && isMisspelling(word, nearest) ? nearest : undefined;
}

function avoidable(fault: Fault): Fault {
  return { ...fault, expected: `${fault.expected}; or import with --skip-unknown, which leaves it out` };
}
