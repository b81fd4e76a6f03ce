import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newState } from '../running/levee.ts';

test('nobody else gets into the state directory', async (context) => {
  const state = newState(context);
  await state.run(['-c', 'config system global\nset hostname gate\nend']);
  const entries = readdirSync(state.path, { recursive: true, encoding: 'utf8' });
  assert.ok(entries.includes('levee.db'));
  const open = ['.', ...entries].filter((name) => (statSync(join(state.path, name)).mode & 0o077) !== 0);
  assert.deepEqual(open, []);
});
