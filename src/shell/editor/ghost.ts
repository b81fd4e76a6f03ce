import type { Completion } from '../../cli/typing/assistance.ts';
import type { History } from './history.ts';
import { isAtEnd, type Line } from './line.ts';

/** How the newest line of the history that begins like this one goes on; '' where none does. */
export function ghostFromHistory(line: Line, history: History): string {
  if (line.text.trim() === '' || !isAtEnd(line)) return '';
  return history.beginningWith(line.text)?.slice(line.text.length) ?? '';
}

/** How the only word that can stand here goes on. */
export function ghostFromCompletion(line: Line, { start, candidates }: Completion): string {
  const [only, second] = candidates;
  if (line.text.trim() === '' || !isAtEnd(line) || only === undefined || second !== undefined) return '';
  const typed = line.text.slice(start);
  return only.text.startsWith(typed) ? only.text.slice(typed.length) : '';
}
