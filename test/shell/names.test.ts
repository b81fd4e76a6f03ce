import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quote } from '../../src/text/quote.ts';
import { newState } from '../running/levee.ts';

const names = [
  'A "quoted" name?',
  'back\\slash\\',
  '# what?',
  "it's | grep",
  'Zürich 漢字 😀',
  'x'.repeat(63),
];

test('what is typed at the prompt is the name, and what export prints imports to the same', async (context) => {
  const state = newState(context);
  const levee = await state.terminal(120, 30);
  await levee.has('Levee # █');
  levee.type('\fconfig log trigger-policy\r');
  await levee.has('(trigger-policy) # █');
  for (const name of names) {
    levee.type(`\fedit ${quote(name)}\r`);
    await levee.has('added\n');
    levee.type('next\r');
    await levee.has('(trigger-policy) # █');
  }
  levee.type(`\fedit ${'x'.repeat(64)}\r`);
  await levee.has('Command fail. Return code -1\n');
  levee.type('end\rexit\r');
  assert.equal((await levee.end()).status, 0);
  const shown = await state.here(['-c', 'show log trigger-policy | json']);
  const rows: unknown = JSON.parse(shown.stdout)['log trigger-policy'];
  assert.deepEqual(
    rows,
    names.map((name) => ({ name })),
  );
  const { stdout: exported } = await state.here(['export']);
  const again = newState(context);
  assert.deepEqual(await again.here(['import', '-'], exported), {
    status: 0,
    signal: null,
    stdout: '',
    stderr: '',
  });
  assert.equal((await again.here(['export'])).stdout, exported);
});
