import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AddressWatch } from '../../src/daemon/address-watch.ts';
import type { Machine } from '../../src/policy/machine.ts';

function machineWith(addresses: Readonly<Record<string, readonly string[]>>): Machine {
  return { isLocal: () => false, now: 0, interfaces: () => new Map(Object.entries(addresses)) };
}

test('addresses of the interfaces that matter are watched, and each change is told once', (context) => {
  context.mock.timers.enable({ apis: ['setInterval'] });
  const before = machineWith({ eth0: ['192.0.2.1'], eth1: ['198.51.100.1'] });
  let now = before;
  let changes = 0;
  const watch = new AddressWatch(
    () => {
      changes += 1;
    },
    () => now,
  );
  const later = (machine: Machine): number => {
    now = machine;
    context.mock.timers.tick(10_000);
    return changes;
  };
  const moved = machineWith({ eth0: ['192.0.2.2'], eth1: [] });
  watch.watch(['eth0', 'tun0'], before);
  assert.equal(later(before), 0);
  assert.equal(later(machineWith({ eth0: ['192.0.2.1'] })), 0);
  assert.equal(later(moved), 1);
  assert.equal(later(machineWith({ eth0: ['192.0.2.2'], tun0: ['192.0.2.9'] })), 2);
  watch.watch([], moved);
  assert.equal(later(before), 2);
  watch.watch(['eth0'], before);
  watch.stop();
  assert.equal(later(moved), 2);
});
