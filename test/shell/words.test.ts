import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Highlight } from '../../src/cli/typing/assistance.ts';
import { highlightsFor } from '../../src/shell/editor/highlights.ts';
import { lineOf } from '../../src/shell/editor/line.ts';
import { helpText, menuRows } from '../../src/shell/editor/menu.ts';
import { beginTab } from '../../src/shell/editor/tab.ts';
import fc from '../property.ts';

function candidates(...texts: readonly string[]) {
  return texts.map((text) => ({ text, help: '', whole: true }));
}

test('what candidates share goes in, and nothing that would not fit the next key', () => {
  const cases: readonly (readonly [typed: string, texts: readonly string[], wanted: string])[] = [
    ['edit W', ['"Web A"', '"Web B"'], 'edit "Web '],
    ['edit ', ['"a\\"b"', '"a\\\\c"'], 'edit "a'],
    ['edit ', ['😀a', '😁a'], 'edit '],
    ['edit x', ['"x y"', 'xz'], 'edit x'],
    ['edit x', ['xy'], 'edit xy '],
    ['edit ', [], 'edit '],
  ];
  for (const [typed, texts, wanted] of cases) {
    const start = typed.indexOf(' ') + 1;
    const { line } = beginTab(lineOf(typed), { start, candidates: candidates(...texts) });
    assert.deepEqual(line, lineOf(wanted), typed);
  }
});

test('a word that is completed in the middle of a line is not given a second space', () => {
  const { line } = beginTab(lineOf('con waf', 3), { start: 0, candidates: candidates('config') });
  assert.deepEqual(line, lineOf('config waf', 7));
});

test('highlights hold for another text only as far as their words are the same', () => {
  const highlight = (start: number, length: number): Highlight => ({ start, length, kind: 'path' });
  const known = { text: 'show waf x', highlights: [highlight(0, 4), highlight(5, 3), highlight(9, 1)] };
  assert.deepEqual(highlightsFor('show waf x', known), known.highlights);
  assert.deepEqual(highlightsFor('show waf xy', known), [highlight(0, 4), highlight(5, 3)]);
  assert.deepEqual(highlightsFor('show wafy x', known), [highlight(0, 4)]);
  assert.deepEqual(highlightsFor('sho', known), []);
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      const highlights = Array.from(one.matchAll(/\S+/g), ({ index, 0: { length } }) =>
        highlight(index, length),
      );
      for (const { start, length } of highlightsFor(other, { text: one, highlights })) {
        assert.equal(other.slice(start, start + length), one.slice(start, start + length));
      }
    }),
  );
});

test('help stands in a column beside the words, wrapped where it is wider than the screen', () => {
  const lines = [
    { word: 'set', help: 'a value' },
    { word: '漢字', help: 'wide' },
    { word: 'x'.repeat(30), help: 'long' },
  ];
  const text = helpText(lines, 40);
  assert.equal(text, `set   a value\n漢字  wide\n${'x'.repeat(30)}  long\n`);
  const narrow = [
    'set   a',
    '      valu',
    '      e',
    '漢字  wide',
    ...Array.from({ length: 3 }, () => 'x'.repeat(10)),
  ];
  assert.equal(helpText(lines, 10), [...narrow, '      long', ''].join('\n'));
  assert.equal(
    helpText([{ word: 'set', help: 'one two three 漢字漢字' }], 12),
    'set  one two\n     three\n     漢字漢\n     字\n',
  );
  assert.equal(helpText([], 10), '<Enter>\n');
});

test('the menu always shows the selected candidate, in the rows that it is given', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 300 }),
      fc.integer({ min: -1, max: 299 }),
      fc.integer({ min: 10, max: 100 }),
      fc.integer({ min: 2, max: 12 }),
      (count, wanted, columns, height) => {
        const selected = Math.min(wanted, count - 1);
        const rows = menuRows(
          candidates(...Array.from({ length: count }, (_, at) => `name-${at}`)),
          selected,
          columns,
          height,
        );
        assert.ok(rows.length <= height);
        const shown = rows.flat().filter(({ style }) => style === 'selected');
        assert.deepEqual(
          shown.map(({ text }) => text),
          selected < 0 ? [] : [`name-${selected}`],
        );
      },
    ),
  );
});
