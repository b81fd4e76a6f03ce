import type { EncodingProblem } from '../../../grammar/source-text.ts';
import type { Item } from '../../../grammar/statement.ts';
import type { Fault } from './problem.ts';

const expected =
  'text in UTF-8: convert it (iconv -f latin1 -t utf-8), or import it with --encoding latin1 or utf16';

/** What stands where bytes were no UTF-8. */
const replacement = '\ufffd';

/** What is wrong with bytes that are no UTF-8. `text` is what can be made of them. */
export function encodingFault({ line, column }: EncodingProblem, text: string): Fault {
  const lines = text.split('\n', line);
  const offset = lines.slice(0, -1).reduce((sum, { length: size }) => sum + size + 1, 0);
  const span = { offset: offset + column - 1, length: 1, line, column };
  return { error: 'invalid-text', word: '', span, expected };
}

/** What is wrong with an item of a text some of whose bytes were no UTF-8: the first place in it that was not. */
export function damageIn({ span }: Item, text: string): Fault | undefined {
  const said = text.slice(span.offset, span.offset + span.length);
  const at = said.indexOf(replacement);
  if (at < 0) return undefined;
  const lines = said.slice(0, at).split('\n');
  const column = [...(lines.at(-1) ?? '')].length + (lines.length > 1 ? 1 : span.column);
  const place = { offset: span.offset + at, length: 1, line: span.line + lines.length - 1, column };
  return { error: 'invalid-text', word: '', span: place, expected };
}
