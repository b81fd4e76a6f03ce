import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { start } from '../running/data-plane.ts';

const hasIPv6 = Object.values(networkInterfaces()).some((addresses) =>
  addresses?.some(({ address }) => address === '::1'),
);

test('over IPv6', { skip: hasIPv6 ? false : 'this machine has no ::1' }, async (context) => {
  const member = await startMember(context, undefined, '::1');
  const running = start(context);
  const port = await freePort();
  const endpoints = [{ address: '::1', port }];
  const members = [memberOf(member.port, { address: '::1' })];
  await running.workers.apply(snapshotOf(policyOf({ endpoints, rule: ruleOf({ threshold: 2 }), members })));
  assert.deepEqual(await running.open(3, port, '::1'), ['admitted', 'admitted', 'reset']);
  assert.deepEqual(
    running.sources().map(({ source, prefix, open }) => [source, prefix, open]),
    [['::', 64, 2]],
  );
});

test('every IPv6 address is not every IPv4 address', {
  skip: hasIPv6 ? false : 'this machine has no ::1',
}, async (context) => {
  const member = await startMember(context);
  const running = start(context);
  const port = await freePort();
  const policy = policyOf({ members: [memberOf(member.port)] });
  const all = { address: '::', port };
  await running.workers.apply(snapshotOf({ ...policy, endpoints: [all] }));
  assert.deepEqual(await running.open(1, port, '::1'), ['admitted']);
  assert.deepEqual(await running.open(1, port), ['closed']);
  await running.workers.apply(snapshotOf({ ...policy, endpoints: [all, { address: '0.0.0.0', port }] }));
  assert.deepEqual(await running.open(1, port), ['admitted']);
});

const namespace = `levee-test-${process.pid}`;
function run(...words: readonly string[]): boolean {
  const [command = '', ...rest] = words;
  return spawnSync(command, rest).status === 0;
}

test('40 addresses of one /64 are limited as one', (context) => {
  if (process.platform !== 'linux' || !run('ip', 'netns', 'add', namespace)) {
    context.skip('a network namespace can not be made here');
    return;
  }
  try {
    const inside = ['ip', 'netns', 'exec', namespace];
    const isReady =
      run(...inside, 'ip', 'link', 'set', 'lo', 'up') &&
      // A whole network as local addresses, and leave to connect from any of them.
      run(...inside, 'sysctl', '-w', 'net.ipv6.ip_nonlocal_bind=1') &&
      run(...inside, 'ip', '-6', 'route', 'add', 'local', '2001:db8:1:2::/64', 'dev', 'lo') &&
      run(...inside, 'ip', '-6', 'route', 'add', 'local', '2001:db8:1:3::/64', 'dev', 'lo');
    if (!isReady) {
      context.skip('the namespace has no IPv6');
      return;
    }
    const script = fileURLToPath(new URL('./one-network.ts', import.meta.url));
    const result = spawnSync('ip', ['netns', 'exec', namespace, process.execPath, script], {
      encoding: 'utf8',
    });
    assert.equal(result.stderr, '');
    assert.deepEqual(JSON.parse(result.stdout), {
      admitted: 5,
      reset: 35,
      neighbour: ['admitted'],
      sources: [
        ['2001:db8:1:2::', 64, 5],
        ['2001:db8:1:3::', 64, 1],
      ],
    });
  } finally {
    run('ip', 'netns', 'delete', namespace);
  }
});

test('forged half-open connections use nothing of what their victim may hold', (context) => {
  if (process.platform !== 'linux' || !run('python3', '-c', '') || !run('ip', 'netns', 'add', namespace)) {
    context.skip('no python3 here, or a network namespace can not be made');
    return;
  }
  try {
    const inside = ['ip', 'netns', 'exec', namespace];
    const isReady =
      run(...inside, 'ip', 'link', 'set', 'lo', 'up') &&
      run(...inside, 'ip', 'address', 'add', '10.9.9.1/32', 'dev', 'lo') &&
      // Answers to the victim come back as packets to a stranger, which nobody takes.
      run(...inside, 'ip', 'route', 'add', '10.9.9.9/32', 'dev', 'lo');
    if (!isReady) {
      context.skip('the namespace can not be set up');
      return;
    }
    const script = fileURLToPath(new URL('./half-open.ts', import.meta.url));
    const result = spawnSync('ip', ['netns', 'exec', namespace, process.execPath, script], {
      encoding: 'utf8',
    });
    assert.equal(result.stderr, '');
    const outcomes = [...Array<string>(5).fill('admitted'), 'reset'];
    assert.deepEqual(JSON.parse(result.stdout), { counted: 0, outcomes });
  } finally {
    run('ip', 'netns', 'delete', namespace);
  }
});
