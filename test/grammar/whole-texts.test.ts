import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lines } from '../../grammar/lexing.ts';
import { parse, statements } from '../../grammar/parse.ts';
import type { Item } from '../../grammar/statement.ts';
import { unquote } from '../../grammar/unquote.ts';
import type { Span, Word } from '../../grammar/word.ts';
import { rounds } from '../campaign.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';
import { messyTexts } from './texts.ts';

const configuration = `config waf layer4-connection-flood-check-rule
  # the example of the manual
  edit "Web Portal Network Connect Limit"
    set layer4-connection-threshold 10
    set action alert_deny
    set comment "two
lines, 'quoted' and \\"escaped\\""
    set trigger-policy \\
      Server\\ Policy'_'"Trigger"
  next
  move "a b" before c
end
`;

function isWord(value: unknown): value is Word {
  return typeof value === 'object' && value !== null && 'text' in value && 'quoted' in value;
}

function wordsOf(item: Item): Word[] {
  return Object.values(item).flat().filter(isWord);
}

function assertPlace(text: string, { offset, length, line, column }: Span): void {
  assert.ok(offset >= 0 && length >= 0 && offset + length <= text.length);
  const before = text.slice(0, offset).split('\n');
  assert.equal(line, before.length);
  assert.equal(column, [...(before.at(-1) ?? '')].length + 1);
}

/** What holds for every item of every text. */
function assertSound(text: string): void {
  let end = 0;
  for (const item of parse(text)) {
    assert.ok(item.span.offset >= end, 'items stand one behind the other');
    end = item.span.offset + item.span.length;
    assertPlace(text, item.span);
    if (item.kind === 'problem') {
      assert.equal(text.slice(item.span.offset, end), item.word);
      assert.notEqual(item.expected, '');
    }
    for (const word of wordsOf(item)) {
      assertPlace(text, word.span);
      assert.equal(unquote(text.slice(word.span.offset, word.span.offset + word.span.length)), word.text);
      assert.ok(word.span.offset + word.span.length <= end, 'words stand within their statement');
    }
  }
}

test('no text makes the grammar throw, and every place given is right', () => {
  fc.assert(fc.property(messyTexts, assertSound), { numRuns: rounds(150, 1500) });
  fc.assert(fc.property(fc.string({ unit: codePoint, maxLength: 200 }), assertSound));
});

test('nor does any damage to a configuration', () => {
  const place = fc.nat(configuration.length);
  const damage = fc.record({
    at: place,
    removed: fc.nat(6),
    inserted: fc.oneof(messyTexts, fc.string({ maxLength: 3 })),
  });
  fc.assert(
    fc.property(fc.array(damage, { minLength: 1, maxLength: 4 }), (damages) => {
      assertSound(
        damages.reduce(
          (text, { at, removed, inserted }) => text.slice(0, at) + inserted + text.slice(at + removed),
          configuration,
        ),
      );
    }),
    { numRuns: rounds(60, 500) },
  );
});

test('no character is lost: between the words are only blanks, line ends, continuations and comments', () => {
  const between = /^(?:[ \t\r\n]|\\(?:\r?\n|$)|(?<=(?:^|\n)(?:[ \t\r]|\\\r?\n)*)#[^\n]*)*$/;
  fc.assert(
    fc.property(messyTexts, (text) => {
      let end = 0;
      for (const token of [...lines(text)].flat()) {
        assert.match(text.slice(end, token.startOffset), between);
        assert.equal(text.slice(token.startOffset, token.startOffset + token.image.length), token.image);
        end = token.startOffset + token.image.length;
      }
      assert.match(text.slice(end), between);
    }),
    { numRuns: rounds(100, 1000) },
  );
});

test('a long text reads as its parts do', () => {
  const copies = 2000;
  const items = parse(configuration.repeat(copies));
  const once = parse(configuration);
  assert.equal(items.length, once.length * copies);
  const last = items.slice(-once.length);
  const offset = configuration.length * (copies - 1);
  const newlines = configuration.split('\n').length - 1;
  assert.deepEqual(
    last.map((item) => item.span),
    once.map(({ span }) => ({
      ...span,
      offset: span.offset + offset,
      line: span.line + newlines * (copies - 1),
    })),
  );
});

test('line ends may be CRLF', () => {
  const bare = (text: string) =>
    parse(text).map((item) => [item.verb, wordsOf(item).map((word) => word.text)]);
  const single = configuration.replace('two\nlines', 'two lines');
  assert.deepEqual(bare(single.replaceAll('\n', '\r\n')), bare(single));
});

test('texts may be read in turns', () => {
  const other = 'show full\n\nedit "x';
  const [first, second] = [statements(configuration), statements(other)];
  const read: [Item[], Item[]] = [[], []];
  for (let turn = 0; turn < 20; turn++) {
    const mine = first.next();
    const theirs = second.next();
    if (!mine.done) read[0].push(mine.value);
    if (!theirs.done) read[1].push(theirs.value);
  }
  assert.deepEqual(read, [parse(configuration), parse(other)]);
});
