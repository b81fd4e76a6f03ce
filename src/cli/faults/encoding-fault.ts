import type { Item } from '../../../grammar/statement.ts';
import type { ForeignBytes } from '../../files/foreign-bytes.ts';
import type { Fault } from './problem.ts';

const expected =
  'text in UTF-8: convert it (iconv -f latin1 -t utf-8), or import it with --encoding latin1 or utf16';

/** What stands where bytes were no UTF-8. */
const replacement = '\ufffd';

/** What is wrong with bytes of which no line makes sense. */
export function foreignFault({ what, remedy }: ForeignBytes): Fault {
  const name = what === 'in UTF-16' ? ', and "levee import --encoding utf16" takes it' : '';
  const way = remedy === undefined ? '' : `: "${remedy} FILE" writes it as text${name}`;
  return { error: 'invalid-text', word: '', expected: `text in UTF-8; this is ${what}${way}` };
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
