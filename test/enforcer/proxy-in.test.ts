import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { signature } from '../../src/enforcer/connection/proxy-protocol/version-2.ts';
import type { PolicySnapshot } from '../../src/policy/snapshot.ts';
import type { WorkersOptions } from '../../src/supervisor/workers/options.ts';
import { Client, type Outcome } from '../network/client.ts';
import { type Member, startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { type Running, start } from '../running/data-plane.ts';
import { fromPeers, headerOf, speaking, trickle } from './proxied.ts';

type Made = { readonly running: Running; readonly member: Member; readonly port: number };

/** A policy with threshold 2 that expects headers from 127.0.0.1 and from nobody else. */
async function make(
  context: TestContext,
  policy: Partial<PolicySnapshot> = {},
  options: Partial<WorkersOptions> = {},
): Promise<Made> {
  const member = await startMember(context);
  const running = start(context, options);
  const port = await freePort();
  await running.workers.apply(
    snapshotOf(
      policyOf({
        endpoints: [{ address: '127.0.0.1', port }],
        rule: ruleOf({ threshold: 2 }),
        members: [memberOf(member.port)],
        proxyProtocol: fromPeers('127.0.0.1'),
        ...policy,
      }),
    ),
  );
  return { running, member, port };
}

async function speak({ running, port }: Made, bytes: Uint8Array, from?: string): Promise<Outcome> {
  const client = speaking(port, bytes, from);
  running.clients.push(client);
  return client.outcome;
}

function opens({ running }: Made): unknown {
  return running
    .sources()
    .filter(({ open }) => open > 0)
    .map(({ source, open }) => [source, open]);
}

for (const version of ['v1', 'v2'] as const) {
  for (const workers of [1, 2]) {
    test(`the announced source is judged, counted and reported: ${version}, workers: ${workers}`, async (context) => {
      const made = await make(context, {}, { workers });
      const { running } = made;
      for (const outcome of ['admitted', 'admitted', 'reset']) {
        assert.equal(await speak(made, headerOf('203.0.113.7', version, 55_555)), outcome);
      }
      assert.equal(await speak(made, headerOf('203.0.113.8', version)), 'admitted');
      assert.equal(await speak(made, headerOf('2001:db8::7', version)), 'admitted');
      await until('it is reported', () => running.violations.length === 1);
      const [violation] = running.violations;
      assert.deepEqual(
        [violation?.source, violation?.sourcePort, violation?.destination, violation?.destinationPort],
        ['203.0.113.7', 55_555, '127.0.0.1', made.port],
      );
      assert.deepEqual(
        new Map(opens(made) as [string, number][]),
        new Map([
          ['203.0.113.7', 2],
          ['203.0.113.8', 1],
          ['2001:db8::', 1],
        ]),
      );
      const { counts } = running.workers.status();
      const sum = (of: 'admitted' | 'refused'): number =>
        counts.reduce((total, count) => total + count[of], 0);
      assert.deepEqual([sum('admitted'), sum('refused')], [4, 1]);
    });
  }
}

test('a peer that is not listed is a client like any other: a header from it is data', async (context) => {
  const made = await make(context);
  const bytes = headerOf('203.0.113.7');
  const client = speaking(made.port, bytes, '127.0.0.2');
  made.running.clients.push(client);
  await until('the member has sent it all back', () => client.received === bytes.length + 1);
  assert.deepEqual(opens(made), [['127.0.0.2', 1]]);
  assert.equal(await speak(made, bytes, '127.0.0.2'), 'admitted');
  assert.equal(await speak(made, bytes, '127.0.0.2'), 'reset');
});

test('who announces is counted while it waits, and not limited', async (context) => {
  const made = await make(context);
  const { running, port } = made;
  const clients = Array.from({ length: 9 }, () => new Client('127.0.0.1', port));
  running.clients.push(...clients);
  await until('all wait', () => running.connections === 9);
  assert.deepEqual(opens(made), [['127.0.0.1', 9]]);
  for (const [index, { socket }] of clients.entries()) socket.write(headerOf(`203.0.113.${index}`));
  for (const { outcome } of clients) assert.equal(await outcome, 'admitted');
  assert.equal((opens(made) as unknown[]).length, 9);
  assert.equal(running.counted, 9);
});

test('who announces nobody is the source, and limited like any other unless probes are exempt', async (context) => {
  const unspecified = Buffer.from([...signature, 0x21, 0, 0, 0]);
  const local = Buffer.from([...signature, 0x20, 0xff, 0, 1, 0]);
  const unix = Buffer.from([...signature, 0x21, 0x31, 0, 216, ...new Uint8Array(216)]);
  const nobody = [headerOf('', 'v1'), headerOf('', 'v2'), local, unspecified, unix];
  const limiting = await make(context, { proxyProtocol: fromPeers('127.0.0.0/8') });
  for (const [index, header] of nobody.entries()) {
    for (const outcome of ['admitted', 'admitted', 'reset'])
      assert.equal(await speak(limiting, header, `127.0.0.${index + 1}`), outcome);
  }
  assert.equal(limiting.running.counted, 2 * nobody.length);
  const exempting = await make(context, {
    proxyProtocol: { ...fromPeers('127.0.0.1'), exemptsProbes: true },
  });
  for (const header of nobody) assert.equal(await speak(exempting, header), 'admitted');
  assert.deepEqual(opens(exempting), [['127.0.0.1', 5]]);
});

test('where the header is not the source, the peer is judged, at once', async (context) => {
  const made = await make(context, { proxyProtocol: { ...fromPeers('127.0.0.1'), isSource: false } });
  for (const outcome of ['admitted', 'admitted', 'reset']) {
    assert.equal(await speak(made, headerOf('203.0.113.7')), outcome);
  }
  assert.deepEqual(opens(made), [['127.0.0.1', 2]]);
});

test('split anywhere, by the byte, and with data behind it in the same segment: only the data comes through', async (context) => {
  const made = await make(context, { rule: null });
  const data = Buffer.from('the first bytes of the client');
  for (const version of ['v1', 'v2'] as const) {
    const bytes = Buffer.concat([headerOf('203.0.113.7', version), data]);
    for (const at of [
      1,
      5,
      6,
      12,
      15,
      16,
      20,
      bytes.length - data.length - 1,
      bytes.length - data.length,
      bytes.length - 3,
    ]) {
      const client = new Client('127.0.0.1', made.port);
      made.running.clients.push(client);
      await new Promise((resolve) => client.socket.write(bytes.subarray(0, at), resolve));
      await new Promise((resolve) => setImmediate(resolve));
      client.socket.write(bytes.subarray(at));
      await until('all is back', () => client.received === data.length + 1);
    }
    const slow = new Client('127.0.0.1', made.port);
    made.running.clients.push(slow);
    await trickle(slow.socket, bytes);
    await until('all is back', () => slow.received === data.length + 1);
  }
});

test('a client that ends with its header still gets its answer', async (context) => {
  const made = await make(context);
  const client = new Client('127.0.0.1', made.port);
  made.running.clients.push(client);
  client.socket.end(Buffer.concat([headerOf('203.0.113.7'), Buffer.from('question')]));
  assert.equal(await client.end, '');
  assert.equal(client.received, 'question'.length + 1);
  await made.running.untilIdle();
});

const garbage = Buffer.alloc(65_536, 'GET / HTTP/1.1\r\n');
const endless = Buffer.concat([Buffer.from('PROXY UNKNOWN '), Buffer.alloc(65_536, 'x')]);

for (const [what, begin, reason] of [
  ['64 KiB of something else', ({ socket }: Client) => socket.write(garbage), /^no PROXY header$/],
  [
    'a line without an end',
    ({ socket }: Client) => socket.write(endless),
    /^broken PROXY header: a line of more than 107 bytes$/,
  ],
  [
    'half a header, and its end',
    ({ socket }: Client) => socket.end('PROXY TCP4 203.'),
    /^ended before its PROXY header$/,
  ],
  ['nothing, and its end', ({ socket }: Client) => socket.end(), /^ended before its PROXY header$/],
  ['nothing at all', () => {}, /^no PROXY header within 0.2 s$/],
  [
    'half a header',
    ({ socket }: Client) => socket.write('PROXY TCP4 203.'),
    /^no PROXY header within 0.2 s$/,
  ],
  [
    'a byte now and then',
    ({ socket }: Client) => {
      const timer = setInterval(() => socket.write(' '), 30);
      socket.write('PROXY UNKNOWN');
      socket.on('close', () => clearInterval(timer));
    },
    /^no PROXY header within 0.2 s$/,
  ],
] as const) {
  test(`${what} instead of a header: reset, counted and told`, async (context) => {
    const made = await make(context, {}, { timeouts: { header: 200 } });
    const { running, member, port } = made;
    const client = new Client('127.0.0.1', port);
    running.clients.push(client);
    begin(client);
    assert.equal(await client.outcome, 'reset');
    await running.untilIdle();
    assert.equal(member.accepted, 0);
    assert.deepEqual(
      running.workers.status().counts.map(({ headersFailed }) => headersFailed),
      [1],
    );
    await until('it is told', () => running.told('proxy-header-refused').length > 0);
    const [event] = running.told('proxy-header-refused');
    assert.deepEqual([event?.policy, event?.peer, event?.refused], [1, '127.0.0.1', 1]);
    assert.match(event?.reason ?? '', reason);
  });
}

test('many wrong headers are few events, and none is forgotten', async (context) => {
  const made = await make(context);
  for (let count = 0; count < 40; count++) assert.equal(await speak(made, Buffer.from('hello')), 'reset');
  const { running } = made;
  await running.workers.apply(snapshotOf());
  const told = running.told('proxy-header-refused').map(({ refused }) => refused);
  assert.ok(told.length <= 2);
  assert.equal(
    told.reduce((sum, count) => sum + count, 0),
    40,
  );
});

test('a peer that resets while it is waited for frees its place, and is told', async (context) => {
  const made = await make(context);
  const { running, port } = made;
  const client = new Client('127.0.0.1', port);
  running.clients.push(client);
  await until('it waits', () => running.connections === 1);
  client.socket.resetAndDestroy();
  await running.untilIdle();
  await until('it is told', () => running.told('proxy-header-refused').length > 0);
});

test('who waits is cut with its policy, and judged by the rule of the moment of its header', async (context) => {
  const made = await make(context);
  const { running, member, port } = made;
  const clients = Array.from({ length: 3 }, () => new Client('127.0.0.1', port));
  running.clients.push(...clients);
  await until('they wait', () => running.connections === 3);
  const policy = policyOf({
    endpoints: [{ address: '127.0.0.1', port }],
    rule: ruleOf({ threshold: 1, prefixV4: 24 }),
    members: [memberOf(member.port)],
  });
  // Headers are no longer expected, but these were promised to be heard.
  await running.workers.apply(snapshotOf(policy));
  const outcomes: Outcome[] = [];
  for (const { socket, outcome } of clients.slice(0, 2)) {
    socket.write(headerOf('203.0.113.7'));
    outcomes.push(await outcome);
  }
  assert.deepEqual(outcomes, ['admitted', 'reset']);
  await running.workers.apply(snapshotOf({ ...policy, enabled: false }));
  assert.equal(await clients[2]?.outcome, 'reset');
  await running.untilIdle();
  assert.deepEqual(running.unexpected, []);
});

test('block-period on an announced source cuts what it holds, and leaves the proxy alone', async (context) => {
  const made = await make(context, {
    rule: ruleOf({ threshold: 2, action: 'block-period', blockPeriod: 60 }),
  });
  const { running } = made;
  const waiting = new Client('127.0.0.1', made.port);
  running.clients.push(waiting);
  assert.equal(await speak(made, headerOf('203.0.113.8')), 'admitted');
  const other = running.clients[1];
  for (const outcome of ['admitted', 'admitted', 'reset']) {
    assert.equal(await speak(made, headerOf('203.0.113.7')), outcome);
  }
  await until('what it held is cut', () => running.held.length === 2);
  assert.deepEqual(running.held, [waiting, other]);
  assert.equal(await speak(made, headerOf('203.0.113.7')), 'reset');
});
