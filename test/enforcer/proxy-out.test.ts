import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { HeaderReader } from '../../src/enforcer/connection/proxy-protocol/header-reader.ts';
import { formatAddress } from '../../src/net/address.ts';
import type { PolicySnapshot } from '../../src/policy/snapshot.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { memberOf, policyOf, snapshotOf } from '../policy/snapshots.ts';
import { until } from '../running/condition.ts';
import { type Running, start } from '../running/data-plane.ts';
import { fromPeers, headerOf, speaking } from './proxied.ts';

/** What a member was told and sent, in the order of its connections. */
class Heard {
  readonly header = new HeaderReader();
  source = '';
  destination = '';
  data = '';
  ended = false;

  constructor(socket: Socket) {
    let isRead = false;
    socket.on('data', (chunk: Buffer) => {
      if (isRead) {
        this.data += chunk;
        return;
      }
      const progress = this.header.take(chunk);
      if (progress.kind === 'more') return;
      isRead = true;
      if (progress.kind === 'broken') {
        this.data = `broken: ${progress.reason}`;
        return;
      }
      const named = progress.announced;
      this.source = named === null ? 'nobody' : `${formatAddress(named.source)} ${named.sourcePort}`;
      this.destination = named === null ? '' : `${formatAddress(named.destination)} ${named.destinationPort}`;
      this.data += Buffer.from(progress.rest).toString();
    });
    socket.on('end', () => {
      this.ended = true;
      socket.end('bye');
    });
  }
}

type Made = { readonly running: Running; readonly heard: Heard[]; readonly port: number };

async function make(
  context: TestContext,
  version: 'v1' | 'v2',
  policy: Partial<PolicySnapshot> = {},
  dead: readonly number[] = [],
): Promise<Made> {
  const heard: Heard[] = [];
  const member = await startMember(context, (socket) => heard.push(new Heard(socket)));
  const running = start(context);
  const port = await freePort();
  const members = [...dead, member.port].map((of) => memberOf(of, { proxyProtocol: version }));
  const endpoints = [{ address: '127.0.0.1', port }];
  await running.workers.apply(snapshotOf(policyOf({ endpoints, members, ...policy })));
  return { running, heard, port };
}

for (const version of ['v1', 'v2'] as const) {
  test(`a member is told who its client is, before anything else: ${version}`, async (context) => {
    const { running, heard, port } = await make(context, version);
    const talking = new Client('127.0.0.1', port, '127.0.0.9');
    const ending = new Client('127.0.0.1', port, '127.0.0.8');
    const silent = new Client('127.0.0.1', port, '127.0.0.7');
    running.clients.push(talking, ending, silent);
    talking.socket.write('hello');
    ending.socket.end('farewell');
    await until('all are announced', () => heard.filter(({ source }) => source !== '').length === 3);
    await until('all is here', () => heard.some(({ data }) => data === 'hello'));
    assert.equal(await ending.end, '');
    const expected = [
      [`127.0.0.9 ${talking.port}`, 'hello', false],
      [`127.0.0.8 ${ending.port}`, 'farewell', true],
      [`127.0.0.7 ${silent.port}`, '', false],
    ];
    assert.deepEqual(
      new Set(heard.map(({ source, data, ended }) => JSON.stringify([source, data, ended]))),
      new Set(expected.map((item) => JSON.stringify(item))),
    );
    assert.ok(heard.every(({ destination }) => destination === `127.0.0.1 ${port}`));
    talking.socket.write(', again');
    await until('the rest is data', () => heard.some(({ data }) => data === 'hello, again'));
  });

  test(`the next member is told too, when the first does not answer, and before what was held: ${version}`, async (context) => {
    const dead = [await freePort(), await freePort()];
    const { running, heard, port } = await make(context, version, {}, dead);
    const clients = Array.from({ length: 3 }, () => new Client('127.0.0.1', port));
    running.clients.push(...clients);
    for (const { socket } of clients) socket.end('held');
    for (const { end } of clients) assert.equal(await end, '');
    assert.deepEqual(
      new Set(heard.map(({ source }) => source)),
      new Set(clients.map(({ port: own }) => `127.0.0.1 ${own}`)),
    );
    assert.ok(heard.every(({ data, ended }) => data === 'held' && ended));
  });

  test(`who was announced to Levee is announced to the member: ${version}`, async (context) => {
    const proxyProtocol = fromPeers('127.0.0.1');
    const { running, heard, port } = await make(context, version, { proxyProtocol });
    const other = version === 'v1' ? 'v2' : 'v1';
    for (const source of ['203.0.113.7', '2001:db8::7', '']) {
      const before = heard.length;
      const client = speaking(port, Buffer.concat([headerOf(source, other, 1234), Buffer.from('x')]));
      running.clients.push(client);
      await until('it is announced', () => heard[before]?.data === 'x');
      const { destination, source: told } = heard[before] ?? assert.fail();
      if (source === '')
        assert.deepEqual([told, destination], [`127.0.0.1 ${client.port}`, `127.0.0.1 ${port}`]);
      else {
        const announced = source.includes(':') ? '2001:db8::10 443' : '198.51.100.10 443';
        assert.deepEqual([told, destination], [`${source} 1234`, announced]);
      }
    }
  });
}
