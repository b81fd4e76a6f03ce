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

test('an entry is not saved without a field that must be set, though the "set" of it was wrong', async (context) => {
  const levee = openLevee(context);
  const typist = levee.as('admin');
  await typist.type('config server-policy vserver', 'edit "front"', 'config vip-list', 'edit 1');
  const wrong = await typist.type('set vip nowhere');
  assert.deepEqual(
    wrong.problems.map(({ error }) => error),
    ['not-found'],
  );
  const { problems, outcome } = await typist.type('next');
  assert.deepEqual(
    problems.map(({ error, message }) => [error, message]),
    [['must-be-set', "attribute 'vip' must be set"]],
  );
  assert.equal(outcome.prompt, 'Levee (1) # ');
});
