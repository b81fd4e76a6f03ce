import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import { endpointText } from '../../src/net/endpoint.ts';
import { compileSnapshot } from '../../src/policy/compile.ts';
import { mappedDevices } from '../../src/policy/endpoints.ts';
import type { Machine } from '../../src/policy/machine.ts';
import { Reading } from '../../src/policy/reading.ts';
import { type PolicySnapshot, serviceAt } from '../../src/policy/snapshot.ts';
import { type Fields, newRows, type Rows, to } from './configuration.ts';

const catalogue = await loadCatalogue();

const machine: Machine = {
  isLocal: () => false,
  now: 0,
  interfaces: () =>
    new Map([
      ['lo', ['127.0.0.1', '::1']],
      ['eth0', ['192.0.2.200', '2001:db8::200']],
      ['tun0', []],
    ]),
};

const predefined = 'server-policy service predefined';
const onPort1: Fields = { interface: 'port1', 'use-interface-ip': 'enable' };

/** A policy whose virtual server has these entries, on a machine to which `port1` is mapped so. */
function compiled(
  entries: readonly Fields[],
  device: readonly string[] | null,
  policy: Fields = {},
): PolicySnapshot {
  const rows = newRows();
  if (device !== null) rows.add('system interface', 'port1', { device });
  return only(withPolicy(rows, entries, policy));
}

function withPolicy(rows: Rows, entries: readonly Fields[], policy: Fields): Rows {
  const vserver = rows.add('server-policy vserver', 'front');
  for (const [index, entry] of entries.entries())
    rows.add('server-policy vserver vip-list', String(index + 1), entry, vserver);
  rows.add('server-policy policy', 'web', {
    vserver: to('server-policy vserver', 'front'),
    ...(policy['https-service'] === undefined ? { service: to(predefined, 'HTTP') } : {}),
    ...policy,
  });
  return rows;
}

function only(rows: Rows): PolicySnapshot {
  const [policy] = compileSnapshot(new Reading(catalogue, rows), machine).policies;
  assert.ok(policy !== undefined);
  return policy;
}

function listening(policy: PolicySnapshot): string[] {
  return policy.endpoints.map(endpointText);
}

suite('a policy on an interface', () => {
  test('listens on all addresses of the network interface that it is mapped to', () => {
    const policy = compiled([onPort1], ['eth0']);
    assert.deepEqual(listening(policy), ['192.0.2.200:80', '[2001:db8::200]:80']);
    assert.deepEqual(policy.unplaced, []);
  });

  test('listens on the addresses that it is mapped to, beside interfaces, each once', () => {
    const policy = compiled([onPort1, onPort1], ['192.0.2.7', 'lo', '127.0.0.1', '2001:db8::7']);
    assert.deepEqual(listening(policy), ['192.0.2.7:80', '127.0.0.1:80', '[::1]:80', '[2001:db8::7]:80']);
  });

  for (const [why, device] of [
    ['is not there', null],
    ['is mapped to nothing', []],
  ] as const)
    test(`that ${why} listens nowhere, and says what to do`, () => {
      const policy = compiled([onPort1], device);
      assert.deepEqual(listening(policy), []);
      const [{ reason, ...place } = { reason: '' }, ...more] = policy.unplaced;
      assert.deepEqual([place, more], [{ interface: 'port1', port: 80 }, []]);
      assert.match(reason, /"config system interface", "edit port1", "set device" .* \(lo, eth0, tun0\)/);
    });

  test('that is mapped to no interface of this machine, or to one without an address, says so', () => {
    const policy = compiled([onPort1], ['eth9', 'tun0', 'lo']);
    assert.deepEqual(listening(policy), ['127.0.0.1:80', '[::1]:80']);
    assert.match(policy.unplaced[0]?.reason ?? '', /no interface eth9 .* lo, eth0, tun0$/);
    assert.match(policy.unplaced[1]?.reason ?? '', /^tun0 has no address/);
  });

  test('needs it only for entries that use its address and are enabled', () => {
    const policy = compiled([{ ...onPort1, status: 'disable' }, { interface: 'port2' }], null);
    assert.deepEqual([policy.endpoints, policy.unplaced], [[], []]);
  });

  test('needs only the addresses of network interfaces to be watched', () => {
    const rows = newRows();
    rows.add('system interface', 'port1', { device: ['eth0', '192.0.2.7', '::1'] });
    rows.add('system interface', 'port2', { device: ['eth0', 'eth0:1'] });
    assert.deepEqual(mappedDevices(new Reading(catalogue, rows)), ['eth0', 'eth0:1']);
  });
});

suite('https-service', () => {
  const https: Fields = { 'https-service': to(predefined, 'HTTPS') };

  test('opens its port beside that of service, or alone', () => {
    const both = compiled([onPort1], ['127.0.0.1'], { ...https, service: to(predefined, 'HTTP') });
    assert.deepEqual(listening(both), ['127.0.0.1:80', '127.0.0.1:443']);
    assert.deepEqual(
      [80, 443].map((port) => serviceAt(both, port)),
      ['HTTP', 'HTTPS'],
    );
    const alone = compiled([onPort1], ['127.0.0.1'], https);
    assert.deepEqual(listening(alone), ['127.0.0.1:443']);
    assert.equal(serviceAt(alone, 443), 'HTTPS');
  });

  test('is one listener where both have the same port', () => {
    const policy = compiled([onPort1], null, { ...https, service: to(predefined, 'HTTPS') });
    assert.deepEqual(
      policy.unplaced.map(({ port }) => port),
      [443],
    );
  });
});
