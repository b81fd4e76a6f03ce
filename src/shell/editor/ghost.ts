import type { Completion } from '../../cli/typing/assistance.ts';
import type { History } from './history.ts';
import { isAtEnd, type Line } from './line.ts';

/** The rest of the newest entry of the history that begins with this line; '' where none does. */
export function ghostFromHistory(line: Line, history: History): string {
  if (line.text.trim() === '' || !isAtEnd(line)) return '';
  return history.beginningWith(line.text)?.slice(line.text.length) ?? '';
}

/** The rest of the word at the cursor, where only one is possible. */
export function ghostFromCompletion(line: Line, { start, candidates }: Completion): string {
  const [only, second] = candidates;
  if (line.text.trim() === '' || !isAtEnd(line) || only === undefined || second !== undefined) return '';
  const typed = line.text.slice(start);
  return only.text.startsWith(typed) ? only.text.slice(typed.length) : '';
}
