import type { Completion } from '../../cli/typing/assistance.ts';
import type { History } from './history.ts';
import { isAtEnd, type Line } from './line.ts';

/** Entries that are looked at for one line: what is older is hardly what is meant. */
const mostLooked = 8;

/** Entries of the history that begin with this line, the newest first. */
export function ghostsFromHistory(line: Line, history: History): readonly string[] {
  return line.text.trim() === '' || !isAtEnd(line) ? [] : history.beginningWith(line.text, mostLooked);
}

/** The rest of the word at the cursor, where only one is possible. */
export function ghostFromCompletion(line: Line, { start, candidates }: Completion): string {
  const [only, second] = candidates;
  if (line.text.trim() === '' || !isAtEnd(line) || only === undefined || second !== undefined) return '';
  const typed = line.text.slice(start);
  return only.text.startsWith(typed) ? only.text.slice(typed.length) : '';
}
