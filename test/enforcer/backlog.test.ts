import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { backlog } from '../../src/enforcer/sockets/listening-socket.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, snapshotOf } from '../policy/snapshots.ts';
import { start } from '../running/data-plane.ts';

const ss = spawnSync('ss', ['--version']).status === 0 ? false : 'there is no ss here (iproute2)';

test('a listener that a worker accepts from keeps the whole queue', { skip: ss }, async (context) => {
  const member = await startMember(context);
  const running = start(context, { workers: 1 });
  const port = await freePort();
  await running.workers.apply(
    snapshotOf(policyOf({ endpoints: [{ address: '127.0.0.1', port }], members: [memberOf(member.port)] })),
  );
  const { stdout } = spawnSync('ss', ['-ltnH', `sport = :${port}`], { encoding: 'utf8' });
  const longest = Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
  assert.equal(Number(stdout.trim().split(/\s+/)[2]), Math.min(backlog, longest));
});
