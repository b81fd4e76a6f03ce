import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unfinished } from '../../grammar/parse.ts';

const asksForMore = [
  'set a "b',
  "set a 'b",
  'set a "b\nnext\n',
  'set a b"c',
  'set a \\',
  'set a \\\n',
  'set a\\\r\n',
  'set a "b" \\',
  '\\',
  'set a "b\\"',
  'set a "b\\',
  'next\nset a "',
  'set a b \\\n \\\n',
];

const complete = [
  '',
  'next',
  'set a "b"',
  'set a "b\nc"',
  'set a b\\\\',
  "set a b\\'",
  'set a \\\n\n',
  'set a \\\n  ',
  'set a \\\nb\n',
  '# "',
  "# don't \\",
  '# \\\n',
  'next\n# "\\\n',
  'set a "b\nset c "d"',
];

for (const text of asksForMore) {
  test(`${JSON.stringify(text)} asks for more`, () => assert.equal(unfinished(text), true));
}
for (const text of complete) {
  test(`${JSON.stringify(text)} is complete`, () => assert.equal(unfinished(text), false));
}
