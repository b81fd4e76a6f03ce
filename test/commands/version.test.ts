import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { newState } from '../running/levee.ts';

test('it says its version, which is that of its package', async (context) => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const state = newState(context);
  assert.equal((await state.run(['--version'])).stdout, `Levee ${version}\n`);
  const status = JSON.parse((await state.run(['-c', 'get system status | json'])).stdout);
  assert.equal(status.version, version);
});
