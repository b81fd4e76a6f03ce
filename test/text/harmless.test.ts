import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { harmless, harmlessInColour, oneLine } from '../../src/text/harmless.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';

const harmful = /(?![\n\t])[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}\p{Cs}\u200b\u2060\ufeff]/u;
const wild = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\x1b',
      '\x9b',
      '\x7f',
      '\r',
      '\n',
      '\t',
      '\u202e',
      '\u200b',
      '[',
      'm',
      '3',
      '1',
      '\ud800',
    ),
    codePoint,
  ),
});

suite('a text for a terminal', () => {
  test('holds nothing that steers it, and is as long as it was', () => {
    fc.assert(
      fc.property(wild, (text) => {
        const shown = harmless(text);
        assert.doesNotMatch(shown, harmful);
        assert.equal(shown.length, text.length);
        assert.equal(harmless(shown), shown);
      }),
    );
  });

  test('keeps what can be seen', () => {
    for (const text of ['Zürich 漢字 😀 👨‍👩‍👧 ❤️', 'a\tb\nc\n', '(می‌خواهم)', ''])
      assert.equal(harmless(text), text);
    assert.equal(harmless('\x1b]0;t\x07\x9b2J\x7f\r\u202e'), '␛]0;t␇\ufffd2J␡␍\ufffd');
  });

  test('may have the colours of packet rules, each to the end of its line', () => {
    const reset = '\x1b[0m';
    assert.equal(
      harmlessInColour('\x1b[31mred\x1b[0m \x1b[2J\nnext\n'),
      `\x1b[31mred${reset} ␛[2J${reset}\nnext\n`,
    );
    for (const other of ['\x1b[8m', '\x1b[38;5;1m', '\x1b[41m', '\x1b[31', '\x1b[?25l']) {
      assert.equal(harmlessInColour(other), harmless(other));
    }
    fc.assert(
      fc.property(wild, (text) => {
        const shown = harmlessInColour(text).replaceAll('\x1b', '');
        assert.doesNotMatch(shown, harmful);
      }),
    );
  });
});

test('a text on one line holds nothing that ends it, and says what it held', () => {
  fc.assert(fc.property(wild, (text) => assert.doesNotMatch(oneLine(text), /[\n\t]/)));
  fc.assert(fc.property(wild, (text) => assert.doesNotMatch(oneLine(text), harmful)));
  assert.equal(oneLine('a\nb\t\x1b[31m\u202e'), 'a\\nb\\t\\u001b[31m\\u202e');
});
