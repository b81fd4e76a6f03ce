/** What a blocked source holds is reset in every worker, whoever has begun the block. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monotonicNow } from '../../src/enforcer/engine/clock.ts';
import { restoreBlock } from '../../src/verdict/upkeep/blocks.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { start } from '../running/data-plane.ts';

/** Milliseconds after which nothing comes any more. */
const patience = 30_000;

test('a block resets what its source holds in all workers, however busy the main thread is, again and again', async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 2 });
  const port = await freePort();
  const rule = ruleOf({ threshold: 1000, action: 'block-period' });
  const endpoints = [{ address: '127.0.0.1', port }];
  await running.workers.apply(snapshotOf(policyOf({ endpoints, rule, members: [memberOf(member.port)] })));
  const held = (): readonly number[] => running.workers.status().counts.map(({ connections }) => connections);
  const other = await running.open(1, port, '127.0.0.1', '127.0.0.9');
  assert.deepEqual(other, ['admitted']);
  for (const source of ['127.0.0.2', '127.0.0.3']) {
    // Which worker accepts is for the system to say.
    do await running.open(4, port, '127.0.0.1', source);
    while (running.connections < 200 && held().includes(0));
    const now = monotonicNow();
    const block = { policy: 1, source, prefix: 32, reason: 'connections', until: now + 60_000 } as const;
    assert.equal(restoreBlock(running.workers.table, block, now), 'restored');
    // From here on this thread passes nothing on, since it does not turn.
    const sleep = new Int32Array(new SharedArrayBuffer(4));
    while (running.connections > 1 && monotonicNow() < now + patience) Atomics.wait(sleep, 0, 0, 5);
    assert.equal(running.connections, 1, `left by ${source}, in each worker: ${held().join()}`);
  }
});
