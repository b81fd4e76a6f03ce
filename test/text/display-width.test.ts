import assert from 'node:assert/strict';
import { test } from 'node:test';
import { characterWidth, cutToWidth, displayWidth, padToWidth } from '../../src/text/display-width.ts';
import { printableText } from '../../src/text/printable.ts';

test('characters are as wide as terminals show them', () => {
  const widths: Readonly<Record<string, number>> = {
    a: 1,
    é: 1,
    'e\u0301': 1,
    漢: 2,
    ｱ: 1,
    Ａ: 2,
    한: 2,
    '😀': 2,
    '👩‍👩‍👧': 2,
    '🇩🇪': 2,
    '❤️': 2,
    '❤': 1,
    '☺': 1,
    '\u0301': 0,
    '\u200d': 0,
    '\u00ad': 1,
  };
  for (const [character, width] of Object.entries(widths))
    assert.equal(characterWidth(character), width, character);
  assert.equal(displayWidth('a漢😀'), 5);
  assert.equal(cutToWidth('a漢😀', 4), 'a漢');
  assert.equal(padToWidth('漢', 4), '漢  ');
  assert.equal(padToWidth('漢', 4, 'right'), '  漢');
  assert.equal(printableText('a\tb\x1b[2J\x9b'), 'a^Ib^[[2J<9b>');
});
