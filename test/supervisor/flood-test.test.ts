import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Follow, floodTest } from '../../src/supervisor/reports/flood-test.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { start } from '../running/data-plane.ts';

test('a flood test shows its line also where every reset is here before this thread looks', async (context) => {
  const member = await startMember(context);
  const port = await freePort();
  const policy = policyOf({
    endpoints: [{ address: '127.0.0.1', port }],
    members: [memberOf(member.port)],
    rule: ruleOf({ action: 'alert_deny', threshold: 3 }),
  });
  const followers = new Set<Parameters<Follow>[0]>();
  const { workers } = start(context, {
    onViolations: (records) => {
      for (const { sourcePort } of records)
        for (const follower of followers)
          follower({ line: `src_port=${sourcePort}`, fields: { src_port: String(sourcePort) } });
    },
  });
  await workers.apply(snapshotOf(policy));
  const signal = AbortSignal.timeout(10_000);
  const follow: Follow = (follower) => {
    followers.add(follower);
    return () => followers.delete(follower);
  };
  const testing = floodTest({ workers, follow, policy, connections: 5, signal });
  // Once connect(2) has been called for each, the worker decides on all of them while this thread stands still.
  process.nextTick(() => {
    queueMicrotask(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300));
  });
  const { admitted, reset, log } = await testing;
  assert.deepEqual([admitted, reset, log.length], [3, 2, 1]);
});
