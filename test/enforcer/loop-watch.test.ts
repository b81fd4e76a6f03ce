import assert from 'node:assert/strict';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { LocalAddresses } from '../../src/enforcer/engine/local-addresses.ts';
import { NOBODY } from '../../src/enforcer/engine/own-connections.ts';
import { LoopWatch } from '../../src/enforcer/worker/loop-watch.ts';
import { addressOf } from '../../src/net/address.ts';
import { policyOf, snapshotOf } from '../policy/snapshots.ts';
import { words } from '../verdict/addresses.ts';

const minute = 60_000;

test('known by their ends are connections to ports of ours, and all for a minute after one from this machine', () => {
  const here = words('192.0.2.1');
  const watch = new LoopWatch({ isLocal: (address) => address[3] === here[3] });
  const endpoints = [
    { address: '192.0.2.1', port: 80 },
    { address: '::', port: 443 },
  ];
  assert.equal(watch.labelOf(7, 80, 0), NOBODY);
  watch.change(
    snapshotOf(
      policyOf({ endpoints }),
      policyOf({ id: 2, enabled: false, endpoints: [{ address: '::', port: 25 }] }),
    ),
  );
  assert.deepEqual(
    [80, 443, 25, 8080].map((port) => watch.labelOf(7, port, 0)),
    [7, 7, NOBODY, NOBODY],
  );
  watch.cameFrom(words('198.51.100.9'), 1000);
  assert.equal(watch.labelOf(7, 8080, 1000), NOBODY);
  watch.cameFrom(here, 1000);
  assert.equal(watch.labelOf(7, 8080, 1000 + minute - 1), 7);
  assert.equal(watch.labelOf(7, 8080, 1000 + minute), NOBODY);
});

test('addresses of this machine are those of its interfaces, loopback apart', () => {
  const local = new LocalAddresses();
  for (const address of ['127.0.0.1', '127.9.9.9', '::1', '192.0.2.77'])
    assert.equal(local.has(words(address)), false);
  for (const { address, internal } of Object.values(networkInterfaces()).flatMap((each) => each ?? [])) {
    const found = addressOf(address);
    if (found !== null && !internal) assert.ok(local.has(found), address);
  }
});
