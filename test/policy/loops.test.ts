import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chainsOf, loopsOf, policyAt } from '../../src/policy/loops.ts';
import type { MemberSnapshot, PolicySnapshot } from '../../src/policy/snapshot.ts';
import { memberOf, policyOf } from './snapshots.ts';

const isLocal = (address: string): boolean => address === '192.0.2.200' || address === '2001:db8::200';

/** A policy `a` listens on port 1, `b` on port 2 and so on: each on loopback, or where it is said. */
function policy(name: string, members: readonly MemberSnapshot[], address = '127.0.0.1'): PolicySnapshot {
  const id = name.charCodeAt(0) - 96;
  return policyOf({ id, name, endpoints: [{ address, port: id }], members });
}
function member(address: string, port: number, more: Partial<MemberSnapshot> = {}): MemberSnapshot {
  return memberOf(port, { address, ...more });
}
function reasons(...policies: readonly PolicySnapshot[]): Record<string, string> {
  return Object.fromEntries(loopsOf(policies, isLocal).map(({ policy: { name }, reason }) => [name, reason]));
}

test('a policy that has its own listener as a server is objected to, however its address is written', () => {
  assert.deepEqual(reasons(policy('a', [member('192.0.2.1', 80), member('127.0.0.1', 1)])), {
    a: 'server 127.0.0.1:1 of server pool "servers" is where it listens itself',
  });
  const cases: [listens: string, server: string, loops: boolean][] = [
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    ['127.0.0.1', '::ffff:7f00:1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['127.0.0.1', '0.0.0.0', true],
    ['127.0.0.2', '0.0.0.0', false],
    ['0.0.0.0', '0.0.0.0', true],
    ['0.0.0.0', '127.1.2.3', true],
    ['0.0.0.0', '192.0.2.200', true],
    ['0.0.0.0', '192.0.2.201', false],
    ['0.0.0.0', '::1', false],
    ['::', '::1', true],
    ['::', '2001:db8::200', true],
    ['::', '127.0.0.1', false],
    ['::1', '::', true],
    ['192.0.2.200', '192.0.2.200', true],
  ];
  for (const [listens, server, loops] of cases) {
    const found = Object.keys(reasons(policy('a', [member(server, 1)], listens)));
    assert.deepEqual(found, loops ? ['a'] : [], `${listens} ${server}`);
  }
});

test('a policy that leads back to itself by way of others is objected to, once for each loop', () => {
  const around = [
    policy('a', [member('127.0.0.1', 2)]),
    policy('b', [member('127.0.0.1', 3), member('192.0.2.1', 80)]),
    policy('c', [member('127.0.0.1', 1)]),
    policy('d', [member('127.0.0.1', 1)]),
  ];
  assert.deepEqual(reasons(...around), {
    c: 'server 127.0.0.1:1 of server pool "servers" leads back to it, by way of policies "a", "b"',
  });
  const two = [policy('a', [member('127.0.0.1', 2)]), policy('b', [member('127.0.0.1', 1)])];
  assert.deepEqual(reasons(...two), {
    b: 'server 127.0.0.1:1 of server pool "servers" leads back to it, by way of policy "a"',
  });
});

test('policies in a chain that ends do not loop, and each knows the one before it', () => {
  const chain = [
    policy('a', [member('127.0.0.1', 2)]),
    policy('b', [member('127.0.0.1', 3)]),
    policy('c', [member('192.0.2.1', 80)]),
    policy('d', [member('127.0.0.1', 3), member('127.0.0.1', 2)]),
  ];
  assert.deepEqual(reasons(...chain), {});
  assert.deepEqual(Object.fromEntries(chainsOf(chain, isLocal)), { 2: [1, 4], 3: [2, 4] });
});

test('who takes no connections is in no loop: a disabled policy or member, or one known by a name', () => {
  const [a, b] = [policy('a', [member('127.0.0.1', 2)]), policy('b', [member('127.0.0.1', 1)])];
  assert.deepEqual(reasons({ ...a, enabled: false }, b), {});
  for (const status of ['disable', 'maintain'] as const) {
    assert.deepEqual(reasons(a, policy('b', [member('127.0.0.1', 1, { status })])), {});
  }
  assert.deepEqual(reasons(policy('a', [member('', 1, { domain: 'localhost' })])), {});
  assert.equal(policyAt({ address: '127.0.0.1', port: 2 }, [a, b], isLocal)?.name, 'b');
  assert.equal(
    policyAt({ address: '127.0.0.1', port: 2 }, [a, { ...b, enabled: false }], isLocal),
    undefined,
  );
});
