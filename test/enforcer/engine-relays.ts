import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { Engine, EngineImplementation } from '../../src/enforcer/engine/engine.ts';
import type { Stream } from '../../src/enforcer/engine/stream.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { sendUrgent } from '../network/urgent.ts';
import { until } from '../running/condition.ts';
import { Acceptor, engineUnderTest, portOf, Recorder } from './engine-recorder.ts';

/** What came of one side, by its digest: no part of it is like another. */
class Digest {
  bytes = 0;
  readonly #hash = createHash('sha1');

  add(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.#hash.update(chunk);
  }

  text(): string {
    return `${this.bytes} ${this.#hash.copy().digest('hex')}`;
  }
}

/** Numbers, one after another: `length` bytes of them. */
function numbered(length: number): Buffer {
  const words = new Uint32Array(length / 4);
  for (let index = 0; index < words.length; index++) words[index] = Math.imul(index, 2654435761);
  return Buffer.from(words.buffer);
}

export const large = numbered(6 * 2 ** 20);

export function digestOf(...chunks: readonly Uint8Array[]): string {
  const digest = new Digest();
  for (const chunk of chunks) digest.add(chunk);
  return digest.text();
}

export function listenTo(socket: Socket): Digest {
  const digest = new Digest();
  socket.on('data', (chunk: Buffer) => digest.add(chunk));
  return digest;
}

type End = { readonly stream: Stream; readonly recorder: Recorder; readonly socket: Socket };
type Pair = { readonly client: End; readonly member: End };

/** What one sends goes to the other, as Levee does it. */
function join(one: End, other: End): void {
  one.recorder.whenEnded = () => other.stream.end();
  other.recorder.whenDrained = () => one.stream.resume();
  one.stream.relayTo(other.stream);
}

/** A client and a member behind an engine, and the streams to both. */
export function pairsOf(implementation: EngineImplementation) {
  const { engineOf, bound } = engineUnderTest(implementation);

  /** Neither is relayed yet. */
  async function pair(context: TestContext, engine: Engine): Promise<Pair> {
    const acceptor = new Acceptor(() => new Recorder(() => {}));
    const socket = bound(context);
    const port = portOf(socket);
    const listener = engine.listen(socket.share(), acceptor);
    context.after(() => listener.close());
    const member = await startMember(context, () => {});
    const clientEnd = new Client('127.0.0.1', port);
    context.after(() => clientEnd.socket.destroy());
    const accepted = await acceptor.next();
    const recorder = new Recorder(() => {});
    const stream = engine.connect('127.0.0.1', member.port, 0, recorder);
    await until('it is connected', () => recorder.calls.includes('connected') && member.sockets.size > 0);
    const [memberEnd] = member.sockets;
    assert.ok(memberEnd !== undefined);
    return {
      client: { ...accepted, socket: clientEnd.socket },
      member: { stream, recorder, socket: memberEnd },
    };
  }

  async function joined(context: TestContext, engine: Engine): Promise<Pair> {
    const ends = await pair(context, engine);
    join(ends.client, ends.member);
    join(ends.member, ends.client);
    return ends;
  }

  return { engineOf, pair, joined };
}

/** What every implementation of the engine must do with what it relays by itself. */
export function testEngineRelays(name: string, implementation: EngineImplementation): void {
  const { engineOf, pair, joined } = pairsOf(implementation);

  test(`${name}: what is relayed is counted, both ways at once, and each direction ends for itself`, async (context) => {
    const { client, member } = await joined(context, await engineOf(context));
    const [toMember, toClient] = [listenTo(member.socket), listenTo(client.socket)];
    client.socket.write('hello');
    await until('it is there', () => toMember.bytes === 5);
    assert.equal(client.recorder.relayedBytes, 5);
    client.socket.end(large);
    member.socket.write(large);
    await once(member.socket, 'end');
    assert.equal(toMember.text(), digestOf(Buffer.from('hello'), large));
    member.socket.end('bye');
    await client.recorder.hasClosed();
    await member.recorder.hasClosed();
    assert.equal(client.recorder.relayedBytes, 5 + large.length);
    assert.equal(member.recorder.relayedBytes, large.length + 3);
    await until('all is there', () => toClient.bytes === large.length + 3);
    assert.equal(toClient.text(), digestOf(large, Buffer.from('bye')));
    for (const { recorder } of [client, member]) {
      assert.equal(recorder.bytes, 0);
      assert.equal(recorder.calls.at(-1), 'closed finished');
    }
  });

  test(`${name}: who takes nothing holds up the one that is relayed to it, and little is kept`, async (context) => {
    const { client, member } = await joined(context, await engineOf(context));
    const toMember = new Digest();
    member.socket.pause();
    const count = 4;
    for (let each = 0; each < count; each++) client.socket.write(large);
    client.socket.end();
    let before = -1;
    await until('nothing moves', () => {
      const stands = before === client.recorder.relayedBytes && member.stream.unsent() > 0;
      before = client.recorder.relayedBytes;
      return stands;
    });
    assert.ok(member.stream.unsent() <= 2 ** 20);
    assert.ok(member.stream.untaken() > member.stream.unsent());
    member.socket.on('data', (chunk: Buffer) => toMember.add(chunk));
    member.socket.resume();
    await once(member.socket, 'end');
    assert.equal(toMember.text(), digestOf(...Array.from({ length: count }, () => large)));
    assert.equal(member.stream.unsent(), 0);
    assert.equal(client.recorder.relayedBytes, toMember.bytes);
  });

  test(`${name}: what is written beside, and what is looked at from then on, keeps its place`, async (context) => {
    const { client, member } = await pair(context, await engineOf(context));
    const toMember = new Digest();
    member.socket.pause();
    member.stream.write(Buffer.from('first'));
    join(client, member);
    client.socket.write(large);
    client.socket.write(large);
    await until('it is held up', () => member.stream.unsent() > 0);
    const before = client.recorder.relayedBytes;
    member.stream.write(Buffer.from('beside'));
    client.stream.relayTo(null);
    // From now on somebody looks at the bytes.
    const looked: Buffer[] = [];
    client.recorder.whenData = (stream, chunk) => {
      looked.push(Buffer.from(chunk));
      if (!member.stream.write(chunk)) stream.pause();
    };
    member.socket.on('data', (chunk: Buffer) => toMember.add(chunk));
    member.socket.resume();
    client.socket.end();
    await once(member.socket, 'end');
    const all = Buffer.concat([large, large]);
    assert.equal(
      toMember.text(),
      digestOf(Buffer.from('first'), all.subarray(0, before), Buffer.from('beside'), all.subarray(before)),
    );
    assert.equal(digestOf(...looked), digestOf(all.subarray(before)));
    assert.equal(client.recorder.relayedBytes, before);
  });

  test(`${name}: a reset of either side is noticed while bytes wait, and by the other`, async (context) => {
    for (const resets of ['client', 'member'] as const) {
      const ends = await joined(context, await engineOf(context));
      const { client, member } = ends;
      member.socket.pause();
      client.socket.write(large);
      client.socket.write(large);
      await until('it is held up', () => member.stream.unsent() > 0);
      const other = resets === 'client' ? 'member' : 'client';
      const { socket } = ends[other];
      const ended = new Promise((resolve) => socket.on('close', resolve));
      ends[resets].socket.resetAndDestroy();
      await ends[resets].recorder.hasClosed();
      assert.equal(ends[resets].recorder.calls.at(-1), 'closed reset');
      assert.equal(ends[other].recorder.isClosed, false);
      ends[other].stream.reset();
      await ends[other].recorder.hasClosed();
      assert.equal(ends[other].recorder.calls.at(-1), 'closed dropped');
      assert.equal(member.stream.unsent(), 0);
      socket.resume();
      await ended;
    }
  });

  test(`${name}: urgent data keeps its place in what is relayed`, async (context) => {
    const { client, member } = await joined(context, await engineOf(context));
    const toMember = listenTo(member.socket);
    const expected: Uint8Array[] = [];
    for (let round = 0; round < 20; round++) {
      client.socket.write(large.subarray(0, 2 ** 18));
      expected.push(large.subarray(0, 2 ** 18));
      const sent = expected.reduce((sum, { length }) => sum + length, 0);
      await until('it has gone', () => client.socket.writableLength === 0);
      // Some of it is still on its way where this comes in.
      sendUrgent(client.socket, '!');
      expected.push(Buffer.from('!'));
      if (round % 2 === 0) await until('all of it is there', () => toMember.bytes === sent + 1);
    }
    client.socket.end();
    await once(member.socket, 'end');
    assert.equal(toMember.text(), digestOf(...expected));
  });
}
