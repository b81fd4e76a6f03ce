import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Echo, NoRightToPing, type PingOptions } from '../../src/system/ping.ts';
import { openLevee } from './in-process.ts';

const echoes: readonly Echo[] = [
  { sequence: 0, milliseconds: 0.1234, reason: '' },
  { sequence: 1, milliseconds: null, reason: 'no answer in 1 s' },
  { sequence: 2, milliseconds: 12.3766, reason: '' },
];

async function* arriving(all: readonly Echo[]): AsyncGenerator<Echo> {
  yield* all;
}

test('ping shows each answer, what has none, and what came of all', async (context) => {
  const typist = openLevee(context).as('admin');
  const asked: unknown[] = [];
  typist.ping = async (host, options: PingOptions) => {
    asked.push([host, options]);
    return { address: '192.0.2.1', echoes: arriving(echoes) };
  };
  const { output, outcome } = await typist.type('execute ping-options timeout 1', 'execute ping web.example');
  assert.deepEqual(asked, [['web.example', { count: 5, size: 56, timeout: 1000 }]]);
  assert.equal(outcome.status, 0);
  assert.equal(
    output,
    `PING web.example (192.0.2.1): 56 data bytes
64 bytes from 192.0.2.1: icmp_seq=0 time=0.1 ms
no reply from 192.0.2.1: icmp_seq=1 no answer in 1 s
64 bytes from 192.0.2.1: icmp_seq=2 time=12.4 ms

--- web.example ping statistics ---
3 packets transmitted, 2 packets received, 33% packet loss
round-trip min/avg/max = 0.1/6.3/12.4 ms
`,
  );
  const piped = await typist.type('execute ping web.example | json');
  const [first, ...others] = JSON.parse(`[${piped.output.replaceAll('}\n{', '},{')}]`);
  assert.deepEqual(first, { address: '192.0.2.1', sequence: 0, milliseconds: 0.123, reason: '' });
  assert.deepEqual(others.at(-1), { sent: 3, received: 2, minimum: 0.123, average: 6.25, maximum: 12.377 });
});

test('ping that nobody answers, and that can not be, ends as what has failed', async (context) => {
  const typist = openLevee(context).as('admin');
  typist.ping = async () => ({ address: '::1', echoes: arriving(echoes.slice(1, 2)) });
  const silent = await typist.type('execute ping ::1');
  assert.equal(silent.outcome.status, 1);
  assert.match(silent.output, /1 packets transmitted, 0 packets received, 100% packet loss\n$/);
  assert.match(silent.problems[0]?.message ?? '', /nobody has answered/);
  typist.ping = () => Promise.reject(new Error('nobody knows this name'));
  const unknown = await typist.type('execute ping web.example');
  assert.match(unknown.problems[0]?.message ?? '', /nobody knows this name/);
  typist.ping = () => Promise.reject(new NoRightToPing('no right to ping'));
  const [barred] = (await typist.type('execute ping web.example')).problems;
  assert.match(barred?.expected ?? '', /^the group of this process in net\.ipv4\.ping_group_range/);
});
