import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openLevee } from './in-process.ts';

test('a table entered while an entry is open wants its "end" first, and the entry stays open', async (context) => {
  const typist = openLevee(context).as('admin');
  await typist.type('config waf layer4-connection-flood-check-rule', 'edit "open"');
  const { problems } = await typist.type('config server-policy server-pool');
  const seen = problems.map(({ error, column, expected }) => [error, column, expected]);
  assert.deepEqual(seen, [['wrong-level', 1, '"end" before it']]);
  assert.deepEqual((await typist.type('set action alert_deny', 'next')).problems, []);
});
