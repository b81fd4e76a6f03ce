import { concealed } from '../../schemas/concealed.ts';
import { namesSecret } from './secret-text.ts';

/** Where secrets can be in what is typed. */
export type SecretNames = {
  /** Fields of the row that is open, each with whether it holds a secret; none where no row is open. */
  readonly fields: ReadonlyMap<string, boolean>;
  /** The fields of all tables that hold a secret. */
  readonly anywhere: readonly string[];
  /** Whether a word is a misspelling of one of some names. */
  resembles(word: string, names: readonly string[]): boolean;
};

/**
 * Where a line, or a statement of several, begins to be nobody's business: behind the name of a secret field.
 * It is as careful with lines that are no statement, for the verb, the level, a quote or the name may be wrong.
 * Offset in UTF-16 code units; undefined: all of it can be shown.
 */
export function secretOffset(text: string, names: SecretNames): number | undefined {
  const offset = endOfName(text, names);
  return offset === undefined || text.slice(offset).trim() === '' ? undefined : offset;
}

/** Where the name of a secret field ends, or what may be one. */
function endOfName(text: string, names: SecretNames): number | undefined {
  let place = 0;
  for (const { 0: written, index } of text.matchAll(/\S+/g)) {
    const word = written.replace(/["'\\]/g, '');
    if (word === '') continue;
    const run = names.anywhere.find((name) => word.startsWith(name) && word !== name);
    if (run !== undefined && !names.fields.has(word)) return index + endWithin(written, run);
    const isName =
      names.anywhere.includes(word) ||
      (place === 0 && isMisspelt(word, names)) ||
      (place === 1 && isField(word, names));
    if (isName) return index + written.length;
    place += 1;
  }
  return undefined;
}

/** Whether the word where a field is named can mean a secret one: where there is none of that name, one that is called so. */
function isField(word: string, { fields, anywhere, resembles }: SecretNames): boolean {
  const beginning = [...fields.keys()].filter((name) => name.startsWith(word));
  const meant = fields.has(word) ? [word] : beginning;
  if (meant.length > 0) return meant.some((name) => fields.get(name));
  return resembles(word, anywhere) || namesSecret(word);
}

/** A verb is left out. It takes more than a letter or two to tell the name of a field from a misspelt verb. */
function isMisspelt(word: string, { anywhere, resembles }: SecretNames): boolean {
  return word.length > 2 && resembles(word, anywhere);
}

/** Where a name ends in a word that begins with it, as it is written with quotes and backslashes. */
function endWithin(written: string, name: string): number {
  let seen = 0;
  let offset = 0;
  while (seen < name.length) {
    if (!/["'\\]/.test(written.charAt(offset))) seen += 1;
    offset += 1;
  }
  return offset;
}

/** A stretch of a text, in UTF-16 code units. */
export type Stretch = { readonly offset: number; readonly length: number };

/** A line with a stretch of it marked. */
export type ConcealedLine = Stretch & {
  readonly text: string;
  /** What is marked is concealed itself: nothing may repeat it. */
  readonly hidesMark: boolean;
};

/** How much of a line behind a mistake is looked at. Nobody may show more of it. */
const horizon = 4096;

/** How much of a statement before a mistake is looked at. Of one that begins before that, nothing is shown. */
const farthest = 256 * 1024;

/**
 * The line of a text in which a mistake stands, with all secrets concealed and the mark where it is then; of a long line
 * not all that stands behind the mistake.
 * `statement`: of which it is a part, where that is known; it may have begun lines before.
 */
export function concealedLine(
  source: string,
  mistake: Stretch,
  names: SecretNames,
  statement?: Stretch,
): ConcealedLine {
  const start = source.slice(0, mistake.offset).lastIndexOf('\n') + 1;
  const newline = source.indexOf('\n', mistake.offset);
  const end = Math.min(newline < 0 ? source.length : newline, mistake.offset + horizon);
  const text = source.slice(start, end).replace(/\r$/, '');
  const offset = mistake.offset - start;
  const length = Math.min(mistake.length, Math.max(0, text.length - offset));
  const from = Math.min(statement?.offset ?? start, continuedFrom(source, start));
  const isFar = mistake.offset - from > farthest;
  const secret = isFar ? 0 : secretOffset(source.slice(from, end), names);
  if (secret === undefined) return { text, offset, length, hidesMark: false };
  const open = text.slice(0, Math.max(0, from + secret - start));
  const front = open === '' || /\s$/.test(open) ? open : `${open} `;
  const shown = `${front}${concealed}`;
  if (offset + length <= open.length) return { text: shown, offset, length, hidesMark: false };
  const first = Math.min(offset, front.length);
  return { text: shown, offset: first, length: shown.length - first, hidesMark: true };
}

/**
 * Where the first of some lines begins that are one line, each but the last ending in a backslash; too far before
 * `start`, where that is not to be found near it.
 */
function continuedFrom(source: string, start: number): number {
  let first = start;
  while (start - first <= farthest && /\\\r?\n$/.test(source.slice(Math.max(0, first - 3), first))) {
    first = source.lastIndexOf('\n', first - 2) + 1;
  }
  return first;
}
