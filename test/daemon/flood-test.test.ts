import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { floodTest } from '../../src/daemon/flood-test.ts';
import { AttackLog } from '../../src/logs/attack-log.ts';
import { LogFile } from '../../src/logs/log-file.ts';
import { freePort, startMember } from '../enforcer/member.ts';
import { start } from '../enforcer/running.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../enforcer/snapshots.ts';
import { temporaryFolder } from '../store/database-file.ts';

test('a flood test shows its line also where every reset is here before this thread looks', async (context) => {
  const member = await startMember(context);
  const port = await freePort();
  const policy = policyOf({
    endpoints: [{ address: '127.0.0.1', port }],
    members: [memberOf(member.port)],
    rule: ruleOf({ action: 'alert_deny', threshold: 3 }),
  });
  const file = new LogFile(join(temporaryFolder(context), 'attack.log'), assert.fail);
  context.after(() => file.close());
  const attackLog = new AttackLog(file);
  const { workers } = start(context, {
    onViolations: (records) => {
      for (const record of records) attackLog.write(record, policy, 'Levee');
    },
  });
  await workers.apply(snapshotOf(policy));
  const signal = AbortSignal.timeout(10_000);
  const testing = floodTest({ workers, attackLog, policy, connections: 5, signal });
  // Once connect(2) has been called for each, the worker decides on all of them while this thread stands still.
  process.nextTick(() => {
    queueMicrotask(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300));
  });
  const { admitted, reset, log } = await testing;
  assert.deepEqual([admitted, reset, log.length], [3, 2, 1]);
});
