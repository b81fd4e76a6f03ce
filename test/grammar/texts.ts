import { verbs } from '../../grammar/shapes.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';

/** Any well-formed string without NUL: what a value may be. */
export const values = fc
  .oneof(
    fc.string({ unit: codePoint, maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'"\'\\ \n\t\r#?|ab😀é\u00a0', '\r\n', '\\\n'), maxLength: 20 }),
    fc.constantFrom('', '#', '\n', 'to', 'full-configuration', 'next\nend\n', 'x\nset a "b" c', '\\'),
  )
  .map((text) => text.replaceAll('\0', ''));

/** What stray and lawful quotes, escapes and line ends make of a text. */
const crumbs = fc.oneof(
  fc.constantFrom(
    ...'"\'\\ \n\r\t#',
    '\r\n',
    '\\\n',
    '\\\r\n',
    '\n  set x ',
    ' "',
    '" ',
    '""',
    "''",
    '\n',
    '\n',
  ),
  fc.constantFrom(
    'edit',
    'set a',
    'next',
    'end',
    'ed',
    'rename a to',
    'move a before',
    'foo',
    '😀',
    'a',
    '\0',
  ),
  fc.constantFrom(...verbs),
  fc.string({ unit: codePoint, maxLength: 3 }),
);

export const messyTexts = fc.array(crumbs, { maxLength: 60 }).map((parts) => parts.join(''));
