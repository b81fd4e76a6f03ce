import { placeInWord } from '../../../grammar/unquote.ts';
import type { Span } from '../../../grammar/word.ts';
import type { Stretch } from '../../access/concealment.ts';

/** Where a part of a word stands in the source that the word is in. `part` is a stretch of its text without quoting. */
export function spanWithin(source: string, word: Span, part: Stretch): Span {
  const image = source.slice(word.offset, word.offset + word.length);
  const start = placeInWord(image, part.offset);
  const last = part.length === 0 ? start - 1 : placeInWord(image, part.offset + part.length - 1);
  const before = image.slice(0, start);
  const lineStart = before.lastIndexOf('\n') + 1;
  const inLine = [...before.slice(lineStart)].length;
  return {
    offset: word.offset + start,
    length: last + 1 - start,
    line: word.line + before.split('\n').length - 1,
    column: lineStart === 0 ? word.column + inLine : inLine + 1,
  };
}
