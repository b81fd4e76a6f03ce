import type { Word } from '../../../grammar/word.ts';
import { type LogKind, logKinds } from '../../system/log-access.ts';
import type { Faults } from '../faults/problem.ts';
import { resolveWord } from '../words/resolve.ts';

/** The logs with a line of help each, as they are named in a command. */
export const logChoices: Readonly<Record<LogKind, string>> = {
  attack: 'Violations',
  event: 'Changes, logins, and what happens to listeners, servers and Levee itself',
  traffic: 'Connections that have ended, with "config log traffic-log"',
};

/** The log that the first word names, and the words after it; the attack log, where it names none. */
export function logNamed(
  words: readonly Word[],
  others: readonly string[],
): { readonly kind: LogKind; readonly rest: readonly Word[] } | { readonly faults: Faults } {
  const [first, ...rest] = words;
  if (first === undefined) return { kind: 'attack', rest };
  const known = [...logKinds, ...others];
  const resolved = resolveWord(first, known, `one of ${known.join(', ')}`);
  if ('fault' in resolved) return { faults: [resolved.fault] };
  const kind = logKinds.find((name) => name === resolved.found);
  return kind === undefined ? { kind: 'attack', rest: words } : { kind, rest };
}
