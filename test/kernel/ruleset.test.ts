import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type KernelPlan, kernelPlanOf } from '../../src/kernel/plan.ts';
import { rulesetCommands, standingOf } from '../../src/kernel/ruleset.ts';
import type { Endpoint } from '../../src/net/endpoint.ts';
import { policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';

function planOf(endpoints: readonly Endpoint[], prefixV4 = 32, prefixV6 = 64): KernelPlan {
  const rule = ruleOf({ threshold: 1, action: 'block-period', prefixV4, prefixV6 });
  const plan = kernelPlanOf(
    { ...snapshotOf(policyOf({ id: 258, endpoints, rule })), kernelBlock: 'drop' },
    null,
    null,
  );
  assert.ok(plan !== null);
  return plan;
}

test('a table is made with a set for each policy and family, and a chain for each port', () => {
  const plan = planOf([
    { address: '192.0.2.1', port: 80 },
    { address: '2001:db8::1', port: 443 },
  ]);
  assert.equal(
    rulesetCommands('levee_0', plan, 'prerouting', null),
    `add table inet levee_0
delete table inet levee_0
add table inet levee_0
add set inet levee_0 refused { type ipv4_addr; flags dynamic; counter; size 65535; }
add set inet levee_0 blocked258v4 { type ipv4_addr; flags timeout; counter; }
add set inet levee_0 blocked258v6 { type ipv6_addr; flags timeout; counter; }
add chain inet levee_0 entry { type filter hook prerouting priority raw; policy accept; }
add chain inet levee_0 port80
add chain inet levee_0 port443
flush chain inet levee_0 entry
flush chain inet levee_0 port80
flush chain inet levee_0 port443
add rule inet levee_0 port80 ip daddr 192.0.2.1 ip saddr @blocked258v4 update @refused { 0.0.1.2 counter } drop
add rule inet levee_0 port443 ip6 daddr 2001:db8::1 ip6 saddr & ffff:ffff:ffff:ffff:: @blocked258v6 update @refused { 0.0.1.2 counter } drop
add rule inet levee_0 entry tcp flags & (fin|syn|rst|ack) == syn tcp dport vmap { 80 : jump port80, 443 : jump port443 }
`,
  );
});

test('a table that stands keeps its sets, and loses what is not wanted', () => {
  const before = standingOf(planOf([{ address: '192.0.2.1', port: 80 }]));
  const strange = { sets: new Set([...before.sets, 'blocked7v4']), chains: before.chains };
  const commands = rulesetCommands(
    'levee_0',
    planOf([{ address: '0.0.0.0', port: 81 }], 24),
    'prerouting',
    strange,
  );
  assert.equal(
    commands.slice(commands.indexOf('flush')),
    `flush chain inet levee_0 entry
flush chain inet levee_0 port81
flush chain inet levee_0 port80
delete chain inet levee_0 port80
delete set inet levee_0 blocked7v4
add rule inet levee_0 port81 meta nfproto ipv4 fib daddr type local ip saddr & 255.255.255.0 @blocked258v4 update @refused { 0.0.1.2 counter } drop
add rule inet levee_0 entry tcp flags & (fin|syn|rst|ack) == syn tcp dport vmap { 81 : jump port81 }
`,
  );
  assert.doesNotMatch(commands, /delete table/);
});

test('a source is masked as its rule counts it', () => {
  const maskOf = (address: string, prefix: number): string => {
    const plan = planOf([{ address, port: 80 }], prefix, prefix);
    return / saddr (?:& (\S+) )?@/.exec(rulesetCommands('levee_0', plan, 'prerouting', null))?.[1] ?? 'all';
  };
  assert.deepEqual(
    [0, 1, 31, 32].map((prefix) => maskOf('192.0.2.1', prefix)),
    ['0.0.0.0', '128.0.0.0', '255.255.255.254', 'all'],
  );
  assert.deepEqual(
    [0, 33, 64, 128].map((prefix) => maskOf('2001:db8::1', prefix)),
    ['::', 'ffff:ffff:8000::', 'ffff:ffff:ffff:ffff::', 'all'],
  );
});
