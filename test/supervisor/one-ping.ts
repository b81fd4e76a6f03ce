/** Runs in a network namespace with nothing but loopback, where anybody may ping. Prints what it saw. */
import { writeFileSync } from 'node:fs';
import { createPing } from '../../src/supervisor/echo/ping.ts';
import type { HealthTarget } from '../../src/supervisor/health/checker.ts';
import { HealthChecks } from '../../src/supervisor/health/health-checks.ts';
import { until } from '../running/condition.ts';

const down = new Map<number, string>();
let told = 0;
const checks = new HealthChecks({
  changed: (id, reason) => {
    told++;
    if (reason === '') down.delete(id);
    else down.set(id, reason);
  },
  refused: (_, reason) => {
    throw new Error(reason);
  },
});
function targetOf(id: number, address: string): HealthTarget {
  return {
    id,
    address,
    port: 80,
    host: address,
    health: {
      name: 'ping',
      relationship: 'and',
      checks: [{ id: 1, type: 'icmp', timeout: 0.2, retryTimes: 2, interval: 0.02, settings: {} }],
    },
  };
}
/** /proc shows the settings of the namespace that reads it. */
function ignoreAll(value: '0' | '1'): void {
  writeFileSync('/proc/sys/net/ipv4/icmp_echo_ignore_all', value);
}

checks.watch([targetOf(1, '127.0.0.1'), targetOf(2, '192.0.2.1'), targetOf(3, '::1')]);
await until('one is down', () => down.has(2));
const loopback = !down.has(1) && !down.has(3);
const unreachable = down.get(2);
ignoreAll('1');
await until('the other is down', () => down.has(1));
const silent = down.get(1);
ignoreAll('0');
await until('it is up again', () => !down.has(1));
checks.watch([]);
await checks.stop();

const ping = createPing(async () => ['::1', '127.0.0.1']);
const pinged: unknown[] = [];
for (const host of ['127.0.0.1', '192.0.2.1', 'both.example']) {
  const options = { count: 1, size: 1400, timeout: 60_000 };
  const { address, echoes } = await ping(host, options, new AbortController().signal);
  for await (const { sequence, milliseconds, reason } of echoes)
    pinged.push([address, sequence, milliseconds !== null, reason]);
}
process.stdout.write(
  JSON.stringify({ loopback, unreachable, silent, answersAgain: !down.has(1), told, pinged }),
);
