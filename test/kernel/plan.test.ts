import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isForKernel, type KernelPlan, kernelPlanOf } from '../../src/kernel/plan.ts';
import { buildAddressMap } from '../../src/net/address-map.ts';
import { formerOf } from '../../src/policy/former.ts';
import { ALLOWED, type IpListSnapshot, type PolicySnapshot, TRUSTED } from '../../src/policy/snapshot.ts';
import type { ListedBlock } from '../../src/verdict/upkeep/blocks.ts';
import { policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';

const blocking = policyOf({
  endpoints: [{ address: '192.0.2.1', port: 80 }],
  rule: ruleOf({ threshold: 5, action: 'block-period' }),
});

function guarded(policy: PolicySnapshot): boolean {
  return kernelPlanOf({ ...snapshotOf(policy), kernelBlock: 'drop' }, null, null)?.policies.has(1) === true;
}

function listOf(marks: readonly (readonly [text: string, marks: number])[]): IpListSnapshot {
  return {
    name: 'list',
    action: 'block-period',
    blockPeriod: 60,
    severity: 'Low',
    triggerPolicy: '',
    addresses: buildAddressMap(marks.map(([text, of]) => ({ text, marks: of }))),
    allowOnly: false,
    expires: null,
  };
}

function isKernels(policy: PolicySnapshot, block: Partial<ListedBlock>): boolean {
  const plan = kernelPlanOf({ ...snapshotOf(policy), kernelBlock: 'drop' }, null, null);
  assert.ok(plan !== null);
  return isForKernel(plan, {
    policy: 1,
    source: '198.51.100.7',
    prefix: 32,
    reason: 'connections',
    isDirect: false,
    ...block,
  });
}

test('the kernel guards the policies that refuse somebody by a block', () => {
  assert.equal(guarded(blocking), true);
  assert.equal(kernelPlanOf(snapshotOf(blocking), null, null), null);
  assert.equal(guarded({ ...blocking, enabled: false }), false);
  assert.equal(guarded({ ...blocking, endpoints: [] }), false);
  assert.equal(guarded({ ...blocking, monitorMode: true }), false);
  // An administrator may block somebody.
  assert.equal(guarded({ ...blocking, rule: null }), true);
});

test('sources that a PROXY header announces stay with Levee', () => {
  const from = buildAddressMap([{ text: '198.51.101.1', marks: 1 }]);
  const behind = {
    ...blocking,
    proxyProtocol: { from, isSource: true, exemptsProbes: false },
    rule: ruleOf({ threshold: 5, action: 'block-period', prefixV4: 24 }),
  };
  const network = { source: '198.51.100.0', prefix: 24 };
  assert.equal(isKernels(behind, network), false);
  assert.equal(isKernels(behind, { ...network, isDirect: true }), true);
  assert.equal(isKernels(behind, { source: '198.51.101.0', prefix: 24, isDirect: true }), false);
  const peers = { ...behind, proxyProtocol: { from, isSource: false, exemptsProbes: false } };
  assert.equal(isKernels(peers, network), true);
});

test('a block is for the kernel where it covers what the policy counts as one source now', () => {
  assert.equal(isKernels(blocking, {}), true);
  assert.equal(isKernels(blocking, { policy: 2 }), false);
  assert.equal(isKernels({ ...blocking, rule: null }, {}), false);
  assert.equal(isKernels({ ...blocking, rule: null }, { reason: 'by-hand' }), true);
  assert.equal(isKernels(blocking, { source: '198.51.100.0', prefix: 24 }), false);
  assert.equal(isKernels(blocking, { source: '2001:db8::', prefix: 64 }), true);
  assert.equal(isKernels(blocking, { source: '2001:db8::1', prefix: 128 }), false);
});

test('a block that a script made is for the kernel while the policy has scripts', () => {
  assert.equal(isKernels(blocking, { reason: 'script' }), false);
  const scripts = [{ id: 1, name: 'guard', text: '' }];
  assert.equal(isKernels({ ...blocking, scripts }, { reason: 'script' }), true);
});

test('a network with an address that an IP list exempts stays with Levee', () => {
  const rule = ruleOf({ threshold: 5, action: 'block-period', prefixV4: 24 });
  const network = { source: '198.51.100.0', prefix: 24 };
  const wide = { ...blocking, rule };
  const trusting = (text: string): PolicySnapshot => ({ ...wide, ipList: listOf([[text, TRUSTED]]) });
  assert.equal(isKernels(wide, network), true);
  assert.equal(isKernels(trusting('198.51.100.200'), network), false);
  assert.equal(isKernels(trusting('198.51.0.0/16'), network), false);
  assert.equal(isKernels(trusting('198.51.101.1'), network), true);
});

test('who is allowed by name is not shut out with those who are not', () => {
  const ipList = { ...listOf([['198.51.100.7', ALLOWED]]), allowOnly: true };
  assert.equal(isKernels({ ...blocking, ipList }, { reason: 'allow-only' }), false);
  assert.equal(isKernels({ ...blocking, ipList }, { reason: 'allow-only', source: '198.51.100.8' }), true);
});

test('while a revision has a guard, only those are refused whom the one before would have refused', () => {
  const formerly = (former: PolicySnapshot): KernelPlan | null =>
    kernelPlanOf(
      {
        ...snapshotOf(blocking),
        kernelBlock: 'drop',
        former: formerOf(snapshotOf(former), 7),
      },
      null,
      null,
    );
  const block = {
    policy: 1,
    source: '198.51.100.7',
    prefix: 32,
    reason: 'connections',
    isDirect: false,
  } as const;
  const isRefused = (former: PolicySnapshot): boolean => {
    const plan = formerly(former);
    assert.ok(plan !== null);
    return isForKernel(plan, block);
  };
  assert.equal(isRefused(blocking), true);
  assert.equal(isRefused({ ...blocking, id: 2 }), false);
  assert.equal(isRefused({ ...blocking, monitorMode: true }), false);
  assert.equal(isRefused({ ...blocking, ipList: listOf([[block.source, TRUSTED]]) }), false);
});
