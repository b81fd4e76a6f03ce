import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOCK } from '../../src/scripting/shared/layout.ts';
import { ScriptMemories } from '../../src/supervisor/workers/script-memories.ts';
import { policyOf, snapshotOf } from '../policy/snapshots.ts';
import { scriptsOf } from '../running/scripted.ts';

const scripts = scriptsOf('when TCP_ACCEPTED {}');

test('what scripts share is made with the first of them, and stays until the policy goes', () => {
  const memories = new ScriptMemories();
  memories.prepare(snapshotOf(policyOf({ id: 1 }), policyOf({ id: 2, scripts })));
  assert.deepEqual([...memories.all.keys()], [2]);
  const memory = memories.all.get(2);
  memories.prepare(snapshotOf(policyOf({ id: 1, scripts }), policyOf({ id: 2 })));
  memories.prepare(snapshotOf(policyOf({ id: 2, scripts: scriptsOf('when TCP_CLOSED {}') })));
  assert.deepEqual([...memories.all.keys()], [2]);
  assert.equal(memories.all.get(2), memory);
});

test('a worker that dies lets go of its lock, also of a policy that has just gone; no other lock is touched', () => {
  const memories = new ScriptMemories();
  memories.prepare(
    snapshotOf(policyOf({ id: 1, scripts }), policyOf({ id: 2, scripts }), policyOf({ id: 3, scripts })),
  );
  const words = [1, 2, 3].map((id) => new Int32Array(memories.all.get(id) ?? new SharedArrayBuffer(0)));
  for (const [index, owner] of [7, 7, 8].entries()) words[index]?.fill(owner, LOCK, LOCK + 1);
  memories.prepare(snapshotOf(policyOf({ id: 2, scripts }), policyOf({ id: 3, scripts })));
  memories.workerEnded(7);
  assert.deepEqual(
    words.map((memory) => memory[LOCK]),
    [0, 0, 8],
  );
});
