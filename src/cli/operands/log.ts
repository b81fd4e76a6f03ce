import type { Word } from '../../../grammar/word.ts';
import { mayRead } from '../../access/permissions.ts';
import type { Model } from '../../model/model.ts';
import type { LogLine, LogRecords } from '../../system/log-access.ts';
import type { Faults } from '../faults/problem.ts';
import type { Position } from '../session/context.ts';
import { choices, type Suggestion } from '../typing/suggestion.ts';
import { resolveWord } from '../words/resolve.ts';

/** The logs, as they are named in a command. */
export function logSuggestions({ system }: Pick<Position, 'system'>): readonly Suggestion[] {
  return choices(Object.fromEntries(system?.records.kinds ?? []));
}

/** Events of administrators who come and go, by the names of their types; in records of their own it is the action. */
const comingAndGoing: ReadonlySet<unknown> = new Set(['login', 'login-refused', 'logout']);

/**
 * Whether a record is for whoever has these permissions, besides that for logs: of a change of the configuration, that for
 * the table; of logins, that for administrators.
 */
export function mayBeShown({ catalogue, permissions }: Model, fields: LogLine['fields']): boolean {
  const { type, cfgpath, action, event } = fields;
  if (type !== 'event') return true;
  if (comingAndGoing.has(action) || comingAndGoing.has(event)) return mayRead(permissions, 'admingrp');
  if (cfgpath === undefined) return true;
  const table = catalogue.anyTable(String(cfgpath));
  return mayRead(permissions, table?.area ?? 'admingrp');
}

/** The log that the first word names, and the words after it; the attack log, where it names none. */
export function logNamed(
  words: readonly Word[],
  { kinds }: LogRecords,
  others: readonly string[],
): { readonly kind: string; readonly rest: readonly Word[] } | { readonly faults: Faults } {
  const [first, ...rest] = words;
  if (first === undefined) return { kind: 'attack', rest };
  const known = [...kinds.keys(), ...others];
  const resolved = resolveWord(first, known, `one of ${known.join(', ')}`);
  if ('fault' in resolved) return { faults: [resolved.fault] };
  const { found } = resolved;
  return kinds.has(found) ? { kind: found, rest } : { kind: 'attack', rest: words };
}
