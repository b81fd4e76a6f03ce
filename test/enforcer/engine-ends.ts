import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { EngineImplementation } from '../../src/enforcer/engine/engine.ts';
import { descriptorOf } from '../../src/enforcer/engine/node/handle.ts';
import type { Stream } from '../../src/enforcer/engine/stream.ts';
import { pollNow } from '../../src/enforcer/sockets/system-calls.ts';
import { BROKEN, ENDED } from '../../src/verdict/judge/departures.ts';
import { Client } from '../network/client.ts';
import { until } from '../running/condition.ts';
import { Acceptor, bulk, engineUnderTest, lifetime, onLinux, Recorder } from './engine-recorder.ts';

/** In a poll record's second word: whether the peer's end is here is asked for, and is so. Linux: <poll.h>. */
const POLL_PEER_ENDED = 0x2000;

/** Whether a client knows of an end or a reset by now. */
function hasHeardOfEnd({ socket }: Client): boolean {
  const records = Int32Array.of(descriptorOf(socket), POLL_PEER_ENDED);
  pollNow(records, 1);
  return (records[1] ?? 0) >> 16 !== 0;
}

/** How an accepted connection may end, and by what it is then known: the last step of it is the one that is watched. */
const endings: Readonly<
  Record<string, (client: Client, stream: Stream, recorder: Recorder) => Promise<void>>
> = {
  'the peer first': async (client) => {
    client.close();
  },
  'the peer first, with bytes unsent': async (client, stream) => {
    client.socket.pause();
    while (stream.write(bulk));
    client.close();
    await nextTurn();
    client.socket.resume();
  },
  'from here first': async (client, stream) => {
    stream.end();
    assert.equal(await client.end, '');
    client.close();
  },
  'from here first, and bytes behind that': async (client, stream) => {
    stream.end();
    assert.equal(await client.end, '');
    client.socket.end('and this');
  },
  'both at once': async (client, stream) => {
    client.close();
    stream.end();
  },
  'a reset from here': async (_, stream) => stream.reset(),
  'a reset from here after the peer has ended': async (client, stream, recorder) => {
    stream.pause();
    client.close();
    stream.resume();
    recorder.whenEnded = () => stream.reset();
  },
  'a reset by the peer': async (client) => {
    client.socket.resetAndDestroy();
  },
};

/** What the counting of connections rests on, in every implementation of the engine. */
export function testEngineEnds(name: string, implementation: EngineImplementation): void {
  const { listening } = engineUnderTest(implementation);

  for (const [how, end] of Object.entries(endings)) {
    test(`${name}: the call that ends a connection stands alone: ${how}`, onLinux, async (context) => {
      const acceptor = new Acceptor();
      const { port } = await listening(context, acceptor);
      const client = new Client('127.0.0.1', port);
      const { stream, recorder } = await acceptor.next();
      let heardBefore = false;
      let optionAfter: number | null = -1;
      const knowsAlready =
        how.startsWith('from here') || how === 'both at once' || how === 'a reset by the peer';
      recorder.whenClosing = () => {
        heardBefore = !knowsAlready && hasHeardOfEnd(client);
      };
      recorder.whenOver = () => {
        optionAfter = stream.getOption(lifetime);
      };
      await end(client, stream, recorder);
      await recorder.hasClosed();
      assert.equal(heardBefore, false);
      assert.equal(optionAfter, null, 'the descriptor is closed');
    });
  }

  test(`${name}: any engine can ask whether an accepted connection is over`, onLinux, async (context) => {
    const sockets: number[] = [];
    const acceptor = new Acceptor(() => new Recorder(() => {}));
    const { engine, port } = await listening(context, {
      decide: (incoming) => sockets.push(incoming.socket()) > 0,
      accepted: (stream) => acceptor.accepted(stream),
      exhausted: () => assert.fail('there are descriptors'),
      failed: (message) => assert.fail(message),
    });
    const over = new Uint8Array(1);
    const ask = (socket: number): number => {
      engine.probe(Int32Array.of(socket), over, 1);
      return over[0] ?? 0;
    };
    /** Asks until it is over, in one turn: the engine itself hears of nothing meanwhile. */
    const askUntilOver = (socket: number): number => {
      for (let tries = 0; tries < 1_000_000; tries++) if (ask(socket) !== 0) return ask(socket);
      return 0;
    };
    const next = async () => {
      const client = new Client('127.0.0.1', port);
      const accepted = await acceptor.next();
      const socket = sockets.shift() ?? -1;
      assert.equal(ask(socket), 0);
      return { client, socket, ...accepted };
    };

    const reset = await next();
    reset.client.socket.resetAndDestroy();
    assert.equal(askUntilOver(reset.socket), BROKEN);

    const halfClosed = await next();
    halfClosed.client.close();
    await until('the client has ended', () => halfClosed.recorder.calls.includes('ended'));
    assert.equal(ask(halfClosed.socket), 0);
    halfClosed.stream.end();

    for (const last of ['', 'and this', bulk]) {
      const { client, socket, stream, recorder } = await next();
      stream.end();
      assert.equal(await client.end, '');
      assert.equal(ask(socket), 0, 'the client may go on');
      stream.pause();
      client.socket.end(last);
      await once(client.socket, 'finish');
      assert.equal(last === bulk ? ask(socket) : askUntilOver(socket), last === bulk ? 0 : ENDED);
      stream.resume();
      await recorder.hasClosed();
    }
    assert.equal(ask(-1), 0);
  });
}
