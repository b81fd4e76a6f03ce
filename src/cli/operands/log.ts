import type { Word } from '../../../grammar/word.ts';
import type { System } from '../../system/system.ts';
import type { Faults } from '../faults/problem.ts';
import type { Position } from '../session/context.ts';
import { choices, type Suggestion } from '../typing/suggestion.ts';
import { resolveWord } from '../words/resolve.ts';

/** The logs, as they are named in a command. */
export function logSuggestions({ system }: Pick<Position, 'system'>): readonly Suggestion[] {
  return choices(Object.fromEntries(system?.logs.kinds ?? []));
}

/** The log that the first word names, and the words after it; the attack log, where it names none. */
export function logNamed(
  words: readonly Word[],
  { logs }: System,
  others: readonly string[],
): { readonly kind: string; readonly rest: readonly Word[] } | { readonly faults: Faults } {
  const [first, ...rest] = words;
  if (first === undefined) return { kind: 'attack', rest };
  const known = [...logs.kinds.keys(), ...others];
  const resolved = resolveWord(first, known, `one of ${known.join(', ')}`);
  if ('fault' in resolved) return { faults: [resolved.fault] };
  const { found } = resolved;
  return logs.kinds.has(found) ? { kind: found, rest } : { kind: 'attack', rest: words };
}
