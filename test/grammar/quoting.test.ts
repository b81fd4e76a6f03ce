import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../../grammar/parse.ts';
import { jointOf, placeInWord, unquote } from '../../grammar/unquote.ts';
import { printWord, quote } from '../../src/text/quote.ts';
import fc from '../property.ts';
import { values } from './texts.ts';

/** The values of `set f ...`, or what was wrong. */
function valuesOf(typed: string): readonly string[] | string {
  const [item] = parse(`set f ${typed}`);
  if (item?.kind !== 'statement' || item.verb !== 'set')
    return item?.kind === 'problem' ? item.problem : 'none';
  return item.values.map((word) => word.text);
}

const typedAndMeant: readonly (readonly [typed: string, meant: readonly string[]])[] = [
  ['10', ['10']],
  ['a b\tc', ['a', 'b', 'c']],
  ['"Security Administrator"', ['Security Administrator']],
  ["'Security Administrator'", ['Security Administrator']],
  ['Security\\ Administrator', ['Security Administrator']],
  ['a"b c"\'d\'', ['ab cd']],
  ['"it\\\'s" "\\"" "\\\\"', ["it's", '"', '\\']],
  ['"\\n\\d"', ['\\n\\d']],
  ['\\n\\"', ['n"']],
  ["'\\'", ['\\']],
  ['\'a"b\\"\'', ['a"b\\"']],
  ['"" \'\'', ['', '']],
  ['""\'\'""', ['']],
  ['"first\nsecond"', ['first\nsecond']],
  ["'first\nsecond'", ['first\nsecond']],
  ['"a\\\nb"', ['a\\\nb']],
  ['a\\\nb', ['ab']],
  ['a\\\r\nb', ['ab']],
  ['a \\\n  b', ['a', 'b']],
  ['a\\\n b', ['a', 'b']],
  ['a\\\n\\\n\\\nb', ['ab']],
  ['a\\', ['a']],
  ['a\\\n#b', ['a#b']],
  ['# b#c', ['#', 'b#c']],
  ['a | b ?(x)<y>', ['a', '|', 'b', '?(x)<y>']],
  ['a\r\n', ['a']],
  ['"a\r\n"', ['a\r\n']],
  ['\u00a0 \u000b', ['\u00a0', '\u000b']],
  ['\u0100 \u01fd \u0200 \uffff \ud800', ['\u0100', '\u01fd', '\u0200', '\uffff', '\ud800']],
  ['\\😀', ['😀']],
];

for (const [typed, meant] of typedAndMeant) {
  test(`${JSON.stringify(typed)} means ${JSON.stringify(meant)}`, () => {
    assert.deepEqual(valuesOf(typed), meant);
  });
}

test('a word may begin with any character that has no other meaning', () => {
  const meant = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code)).filter(
    (char) => !'\0\t\n\r "\'\\'.includes(char),
  );
  for (let from = 0; from < meant.length; from += 5000) {
    const some = meant.slice(from, from + 5000);
    assert.deepEqual(valuesOf(some.join(' ')), some);
    assert.deepEqual(valuesOf(some.map((char) => `\\${char}`).join(' ')), some);
  }
});

test('whether a word was quoted is told', () => {
  const [item] = parse('execute 10 "10" \'10\' 1\\0 1"0" 1\\\n0');
  assert.ok(item?.kind === 'statement' && item.verb === 'execute');
  assert.deepEqual(
    item.words.map((word) => word.quoted),
    [false, true, true, true, true, false],
  );
});

test('quote always quotes and escapes as FortiWeb does', () => {
  assert.equal(quote('10'), '"10"');
  assert.equal(quote('a"b\'c\\d\n\t'), '"a\\"b\\\'c\\\\d\n\t"');
});

test('printWord quotes only what needs it', () => {
  for (const word of ['10', 'https://example.com', '^/about.php.*', '10.1.2.3/32', 'é', '😀', 'a-b_c;$&=*']) {
    assert.equal(printWord(word), word);
  }
  for (const word of [
    '',
    ' ',
    'a b',
    '#a',
    'a#',
    '(a)',
    '<',
    '?',
    '|',
    "'",
    '"',
    '\\',
    'a\nb',
    '\u00a0',
    '\u007f',
  ]) {
    assert.equal(printWord(word), quote(word));
  }
});

test('a printed word stands for the text that was printed', () => {
  fc.assert(
    fc.property(values, (text) => {
      assert.equal(unquote(quote(text)), text);
      assert.equal(unquote(printWord(text)), text);
    }),
  );
});

test('any value and any key, printed into a configuration, is read back', () => {
  const row = fc.record({ key: values, first: values, more: fc.array(values, { maxLength: 3 }) });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 6 }), fc.constantFrom(quote, printWord), (rows, print) => {
      const body = rows.map(
        ({ key, first, more }) =>
          `  edit ${print(key)}\n    set field ${[first, ...more].map(print).join(' ')}\n  next\n` +
          `  rename ${print(key)} to ${print(first)}\n`,
      );
      const read = parse(`config a\n${body.join('')}end\n`);
      const meant = rows.flatMap(({ key, first, more }) => [key, [first, ...more], 'next', [key, first]]);
      const found = read.map((item) => {
        if (item.kind === 'problem') return item;
        if (item.verb === 'edit') return item.key.text;
        if (item.verb === 'set') return item.values.map((word) => word.text);
        if (item.verb === 'rename') return [item.from.text, item.to.text];
        return item.verb;
      });
      assert.deepEqual(found, ['config', ...meant, 'end']);
    }),
  );
});

const pieces = fc.oneof(
  values.filter((text) => !text.includes('\n')).map((text) => ({ typed: quote(text), meant: text })),
  values.map((text) => text.replace(/['\n]/g, '')).map((text) => ({ typed: `'${text}'`, meant: text })),
  values
    .map((text) => text.replaceAll('\n', ''))
    .filter((text) => text !== '')
    .map((text) => ({ typed: [...text].map((char) => `\\${char}`).join(''), meant: text })),
  fc.stringMatching(/^[^\s"'\\\0]+$/u).map((text) => ({ typed: text, meant: text })),
);

test('adjoining pieces of all kinds are one word, also over continuations', () => {
  const joint = fc.constantFrom('', '', '\\\n', '\\\r\n');
  fc.assert(
    fc.property(fc.array(pieces, { minLength: 1, maxLength: 5 }), joint, (parts, between) => {
      const typed = parts.map((part) => part.typed).join(between);
      assert.deepEqual(valuesOf(`"" ${typed}`), ['', parts.map((part) => part.meant).join('')]);
    }),
  );
});

test('every character of a text has its place in the word that it was made of', () => {
  const spelled = fc.oneof(
    values.map(quote),
    values.map((text) => `'${text.replaceAll("'", '')}'`),
    fc.constantFrom('a\\ b', 'a\\\nb', '\\"', '\\', ''),
    fc.stringMatching(/^[a-z=]*$/),
  );
  fc.assert(
    fc.property(fc.array(spelled, { maxLength: 4 }), (parts) => {
      const word = parts.join('');
      const text = unquote(word);
      const places = Array.from({ length: text.length }, (_, offset) => placeInWord(word, offset));
      assert.equal(places.map((place) => word[place]).join(''), text);
      for (const [index, place] of places.entries()) assert.ok(place > (places[index - 1] ?? -1));
      assert.equal(placeInWord(word, text.length), word.length);
    }),
  );
});

test('a word that is put together has a joint', () => {
  const parts = fc.oneof(
    values.map(quote),
    values.map((text) => `'${text.replaceAll("'", '')}'`),
    fc.constantFrom('\\"', '\\x'),
  );
  fc.assert(
    fc.property(fc.array(parts, { minLength: 1, maxLength: 3 }), ([first = '', ...more]) => {
      const joint = more.length === 0 ? undefined : unquote(first).length;
      assert.equal(jointOf(first + more.join('')), joint);
    }),
  );
  assert.deepEqual(['abc', 'abc"d"', '"abc"d', 'abc\\\nd'].map(jointOf), [undefined, 3, 3, 3]);
});
