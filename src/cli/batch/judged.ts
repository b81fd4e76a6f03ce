import type { Item } from '../../../grammar/statement.ts';
import { isMisspelling } from '../../text/nearest.ts';
import type { Fault, Faults } from '../faults/problem.ts';
import type { Levels } from '../session/levels.ts';
import type { BatchOptions } from '../session/session.ts';
import { foreignSecret, withoutSecret } from './foreign/foreign-secret.ts';
import { foreignHint, hinted, typographicHint } from './foreign/foreign-text.ts';
import type { LeftOut, Unknown } from './foreign/left-out.ts';
import { unknownName } from './recovery.ts';

/** What the faults of an item are to a batch. */
export type Judged =
  /** A table or field that Levee has not is left out. */
  | ({ readonly kind: 'unknown' } & Unknown)
  /** A secret that another system has sealed is left out. */
  | { readonly kind: 'secret'; readonly name: string }
  /** An entry of a list is left out, since it can't be without what is unknown of it. */
  | { readonly kind: 'entry' }
  /** `isAvoidable`: with `skipUnknown` it would be left out. */
  | { readonly kind: 'mistakes'; readonly faults: Faults; readonly isAvoidable: boolean };

/** Tells mistakes from what is left out, and says what is known of the looks of their line, or what to do about them. */
export function judge(
  item: Item,
  faults: Faults,
  text: string,
  levels: Levels,
  { skipUnknown, isImport }: BatchOptions,
  leftOut: Pick<LeftOut, 'isIncomplete'>,
): Judged {
  if (skipUnknown && lacksWhatIsUnknown(item, faults, levels, leftOut)) return { kind: 'entry' };
  const secret = foreignSecret(item, faults, levels);
  if (skipUnknown && secret !== undefined) return { kind: 'secret', name: withoutSecret(secret) };
  const hint = foreignHint(item, text) ?? typographicHint(faults);
  if (hint !== undefined) {
    return { kind: 'mistakes', faults: faults.map((fault) => hinted(fault, hint)), isAvoidable: false };
  }
  const name = unknownName(item, faults);
  const { word = '', nearest } = faults[0] ?? {};
  // Names of other systems may well be like ours: only what looks like a slip is one.
  const isSlip = nearest !== undefined && isMisspelling(word, nearest);
  if (skipUnknown && name !== undefined) return { kind: 'unknown', name, nearest, isSlip };
  const isForeign = secret !== undefined || (name !== undefined && !isSlip);
  const isAvoidable = isImport && !skipUnknown && isForeign;
  return { kind: 'mistakes', faults: secret && isAvoidable ? faults.map(avoidable) : faults, isAvoidable };
}

/** Whether the end of an entry of a list fails only for want of a field, and something else of it is unknown. */
function lacksWhatIsUnknown(
  { verb }: Item,
  faults: Faults,
  { top, topRow }: Levels,
  leftOut: Pick<LeftOut, 'isIncomplete'>,
): boolean {
  if ((verb !== 'next' && verb !== 'end') || top?.kind !== 'row' || top === topRow) return false;
  return faults.every(({ error }) => error === 'must-be-set') && leftOut.isIncomplete(top.row);
}

function avoidable(fault: Fault): Fault {
  return { ...fault, expected: `${fault.expected}; or import with --skip-unknown, which leaves it out` };
}
