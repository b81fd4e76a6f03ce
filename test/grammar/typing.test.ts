import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLiteral, typed } from '../../grammar/typing.ts';
import { printWord } from '../../src/text/quote.ts';
import fc from '../property.ts';

function brief(text: string): string {
  const { words, current, quoted, comment } = typed(text);
  const flags = [quoted ? ' quoted' : '', comment ? ' comment' : ''].join('');
  return `${words.map((word) => word.text).join(',')} > ${current.start}:${current.text}${flags}`;
}

const readings: readonly (readonly [text: string, reading: string])[] = [
  ['', ' > 0:'],
  ['sh', ' > 0:sh'],
  ['show ', 'show > 5:'],
  ['edit "a b', 'edit > 5:a b quoted'],
  ['edit "a b" ', 'edit,a b > 11:'],
  ['edit a"b c', 'edit > 5:ab c quoted'],
  ["edit 'it", 'edit > 5:it quoted'],
  ['edit a\\ b', 'edit > 5:a b'],
  ['# note', ' > 6: comment'],
  ['edit x\n', ' > 7:'],
  ['edit x\n  se', ' > 9:se'],
  ['set f \\\n', 'set,f > 8:'],
  ['set f \\\nval', 'set,f > 8:val'],
  ['set a "x\ny" z', 'set,a,x\ny > 12:z'],
  ['set a "x\ny', 'set,a > 6:x\ny quoted'],
];

for (const [text, reading] of readings) {
  test(`typed ${JSON.stringify(text)}`, () => assert.equal(brief(text), reading));
}

test('words that were typed are the words that are read', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 5 }), (texts) => {
      const words = texts.map((text) => text.replaceAll('\0', ''));
      const line = `set ${words.map(printWord).join(' ')} `;
      const seen = typed(line).words.map((word) => word.text);
      assert.deepEqual(seen, ['set', ...words]);
    }),
  );
});

test('a question mark is a character in quotes and comments, and nowhere else', () => {
  const literal = [
    '"',
    'set a "b',
    "set a 'b",
    "'\\",
    '"a\\"',
    '"a\\\\" "',
    '# ',
    '  # x',
    'a"b',
    'x\n"',
    'x\n# ',
    `'"' "`,
  ];
  const open = [
    '',
    'set ',
    '"a" ',
    "'a\\' ",
    '"a\\\\" ',
    'a # ',
    '\\" ',
    "\\' ",
    '# "\n',
    'set "a\nb" ',
    'set \\\n',
  ];
  for (const text of literal) assert.ok(isLiteral(text, text.length), text);
  for (const text of open) assert.ok(!isLiteral(text, text.length), text);
  assert.ok(!isLiteral('a "b"', 1));
});
