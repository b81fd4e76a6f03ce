import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columns } from '../../src/cli/printing/columns.ts';
import { openLevee, printed } from './in-process.ts';

test('a table aligns names of wide, combined and emoji characters', () => {
  const rows = [
    { name: '漢字', connections: 5, state: 'up' },
    { name: 'plain', connections: 12, state: 'up' },
    { name: 'e\u0301te\u0301', connections: 1, state: 'up' },
    { name: '👩‍👩‍👧 🇩🇪', connections: 100, state: 'up' },
  ];
  const lines = columns(rows, [
    { title: 'name', text: ({ name }) => name },
    { title: 'open', text: ({ connections }) => connections },
    { title: '状態', text: ({ state }) => state },
  ]);
  assert.deepEqual(
    [...lines],
    [
      'name   open  状態',
      '漢字      5  up',
      'plain    12  up',
      'e\u0301te\u0301       1  up',
      '👩‍👩‍👧 🇩🇪   100  up',
    ],
  );
});

test('the mark of a mistake stands under its word, behind wide ones too', async (context) => {
  const levee = await openLevee(context);
  const typist = levee.as('nobody');
  assert.deepEqual(
    printed(await typist.type('show | grep 漢字 "😀 é"'))
      .split('\n')
      .slice(1, 3),
    ['    show | grep 漢字 "😀 é"', '                     ^^^^^^ the end of the line or "|"'],
  );
});
