import { nearest } from '../../text/nearest.ts';
import { onlyOf } from '../words/only.ts';
import type { Operation } from './operation.ts';

/** Shorter words are the beginning of too much. */
const shortest = 3;

/**
 * The beginning of the command that somebody means who says these words elsewhere, of which the last has no meaning
 * there; undefined where none is meant, or several might be.
 */
export function commandMeant(operations: readonly Operation[], said: readonly string[]): string | undefined {
  const before = said.slice(0, -1);
  const word = said.at(-1) ?? '';
  if (word.length < shortest) return undefined;
  const related = operations.filter(({ words }) => before.every((each) => words.includes(each)));
  for (const among of [related, operations]) {
    const meant = only(among, word);
    if (meant !== undefined) return meant;
  }
  const near = nearest(word, new Set(operations.flatMap(({ words }) => words)));
  return near === undefined ? undefined : (only(related, near) ?? only(operations, near));
}

/** What somebody calls the end of the names of operations by, which begin with what was said before. */
export function endingMeant(
  operations: readonly Operation[],
  index: number,
  word: string,
): string | undefined {
  const meant = onlyOf(operations.filter((operation) => operation.alsoCalled?.includes(word)));
  return meant?.words.slice(index).join(' ');
}

/** The only command that is called by a word, or the only beginning of commands that ends with it. */
function only(operations: readonly Operation[], word: string): string | undefined {
  const called = operations.filter(({ alsoCalled }) => alsoCalled?.includes(word));
  if (called.length > 0) return onlyOf(called.map(({ verb, words }) => [verb, ...words].join(' ')));
  const among = operations.filter(({ words }) => words.includes(word));
  return onlyOf(among.map(({ verb, words }) => [verb, ...words.slice(0, words.indexOf(word) + 1)].join(' ')));
}
