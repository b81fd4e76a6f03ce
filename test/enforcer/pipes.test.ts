import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { type Calls, loadCalls } from '../../src/enforcer/engine/epoll/calls.ts';
import { epollImplementation, epollOver } from '../../src/enforcer/engine/epoll/implementation.ts';
import { Loop } from '../../src/enforcer/engine/epoll/loop.ts';
import { CallMemory } from '../../src/enforcer/engine/epoll/memory.ts';
import { Output } from '../../src/enforcer/engine/epoll/output.ts';
import { type Pipe, Pipes } from '../../src/enforcer/engine/epoll/pipes.ts';
import { SpareDescriptors } from '../../src/enforcer/engine/epoll/spare-descriptors.ts';
import { descriptorOf } from '../../src/enforcer/engine/node/handle.ts';
import { createOwnedDescriptors } from '../../src/enforcer/engine/owned-descriptors.ts';
import { hardDescriptorLimit } from '../../src/enforcer/sockets/system-calls.ts';
import { until } from '../running/condition.ts';
import { digestOf, large, listenTo, pairsOf, testEngineRelays } from './engine-relays.ts';

const isHere = epollImplementation.fault() === null;
const onEpoll = { skip: isHere ? false : 'pipes are those of epoll' };

/** Where the system has no pipes of any use, or small ones only, all is as it is with them. */
const poorer: Readonly<Record<string, (calls: Calls) => Partial<Calls>>> = {
  'epoll, with small pipes': ({ resizePipe }) => ({
    resizePipe: (descriptor, command, size) => (size > 65_536 ? -1 : resizePipe(descriptor, command, size)),
  }),
  'epoll, with pipes that are too small': () => ({ resizePipe: () => -1 }),
  'epoll, without pipes': () => ({ pipe: () => -1 }),
  'epoll, where nothing can be spliced': () => ({ splice: () => -1 }),
};

for (const [name, lacks] of Object.entries(poorer)) {
  if (!isHere) continue;
  testEngineRelays(
    name,
    epollOver(() => {
      const calls = loadCalls();
      return { ...calls, ...lacks(calls) };
    }),
  );
}

/** An engine, and what it does with pipes. */
function watched() {
  const seen = { pipes: 0, sizes: new Set<number>(), moved: 0 };
  const implementation = epollOver(() => {
    const calls = loadCalls();
    return {
      ...calls,
      pipe: (...given) => {
        seen.pipes += 1;
        return calls.pipe(...given);
      },
      resizePipe: (...given) => {
        const size = calls.resizePipe(...given);
        seen.sizes.add(size);
        return size;
      },
      splice: (...given) => {
        const count = calls.splice(...given);
        seen.moved += Math.max(0, count);
        return count;
      },
    };
  });
  return { seen, ...pairsOf(implementation) };
}

test('much is moved by pipes, and little is copied; none is left open', onEpoll, async (context) => {
  const { seen, engineOf, joined } = watched();
  const before = readdirSync('/proc/self/fd').length;
  const engine = await engineOf(context);
  const { client, member } = await joined(context, engine);
  const toMember = listenTo(member.socket);
  client.socket.write('a little');
  await until('it is there', () => toMember.bytes > 0);
  assert.equal(seen.pipes, 0);
  client.socket.end(large);
  await once(member.socket, 'end');
  assert.equal(toMember.text(), digestOf(Buffer.from('a little'), large));
  // Each byte goes in, and comes out.
  assert.ok(seen.moved > large.length, `${seen.moved} bytes of ${large.length}`);
  member.socket.end();
  await client.recorder.hasClosed();
  client.socket.destroy();
  engine.close();
  const listeners = 2;
  await until('all else is closed', () => readdirSync('/proc/self/fd').length <= before + listeners);
});

test('a reset that a pipe meets is a reset, not an end', onEpoll, async (context) => {
  let reset = (): void => undefined;
  const { engineOf, joined } = pairsOf(
    epollOver(() => {
      const calls = loadCalls();
      return {
        ...calls,
        splice(...given) {
          const count = calls.splice(...given);
          // The next call meets it: the loop can't have heard of it before.
          if (count > 0) reset();
          return count;
        },
      };
    }),
  );
  const { client, member } = await joined(context, await engineOf(context));
  const wasReset = new Promise<void>((resolve) => {
    reset = () => {
      member.socket.resetAndDestroy();
      resolve();
    };
  });
  client.socket.resume();
  member.socket.write(large);
  await wasReset;
  await member.recorder.hasClosed();
  assert.equal(member.recorder.calls.at(-1), 'closed reset');
  assert.ok(!member.recorder.calls.includes('ended'));
});

test('pipes are as many, and as large, as may wait; the others are copied', onEpoll, async (context) => {
  const { seen, engineOf, joined } = watched();
  const engine = await engineOf(context);
  const stuff = async (count: number): Promise<number> => {
    let waiting = 0;
    for (let each = 0; each < count; each++) {
      const { client, member } = await joined(context, engine);
      member.socket.pause();
      client.socket.write(large);
      client.socket.write(large);
      await until('it is held up', () => member.stream.unsent() > 0);
      waiting += member.stream.unsent();
    }
    return waiting;
  };
  engine.changeRelayRoom(0);
  assert.ok((await stuff(1)) > 0);
  assert.equal(seen.pipes, 0);
  engine.changeRelayRoom(4 * 65_536);
  await stuff(6);
  assert.equal(seen.pipes, 4);
  assert.deepEqual([...seen.sizes], [65_536]);
});

/** Both ends of a connection that nobody reads from yet. */
async function connection(context: TestContext): Promise<{ readonly near: Socket; readonly far: Socket }> {
  const server = createServer({ pauseOnConnect: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const far = connect(address.port, '127.0.0.1');
  const [near]: Socket[] = await once(server, 'connection');
  assert.ok(near !== undefined);
  context.after(() => {
    server.close();
    near.destroy();
    far.destroy();
  });
  return { near, far };
}

test(
  'who does not take what is in a pipe for some time leaves that to others, and loses nothing',
  onEpoll,
  async (context) => {
    const calls = loadCalls();
    const owned = createOwnedDescriptors(hardDescriptorLimit());
    const before = openPipes();
    const loop = new Loop(calls, new CallMemory(calls), owned);
    const pipes = new Pipes(loop, new SpareDescriptors(loop));
    context.after(() => {
      pipes.close();
      loop.close();
    });
    const from = await connection(context);
    const to = await connection(context);
    for (let count = 0; count < 4; count++) from.far.write(large);
    const output = new Output(loop, pipes, descriptorOf(to.near), true, false);
    let moved = 0;
    await until('it is held up', () => {
      while (output.size === 0) {
        const count = output.moveFrom(descriptorOf(from.near));
        moved += count;
        if (count === 0) return false;
        output.flush();
      }
      return true;
    });
    // Else a thread that is terminated would leave them open.
    const entered = new Uint8Array(owned);
    const opened = openPipes().filter((descriptor) => !before.includes(descriptor));
    assert.ok(opened.length > 0 && opened.every((descriptor) => entered[descriptor] === 1));
    output.write(Buffer.from('behind'));
    const waiting = output.size;
    const seen: number[] = [];
    output.aged();
    seen.push(...freeNow(pipes));
    output.aged();
    const free = freeNow(pipes);
    assert.equal(free.length, seen.length + 1);
    assert.equal(output.size, waiting);
    const toFar = listenTo(to.far);
    await until('all is sent', () => output.flush() === 'sent');
    await until('all is there', () => toFar.bytes === moved + 'behind'.length);
    const all = Buffer.concat([large, large, large, large]);
    assert.equal(toFar.text(), digestOf(all.subarray(0, moved), Buffer.from('behind')));
  },
);

/** Where one writes to the pipes that can be had: they go back. */
function freeNow(pipes: Pipes): number[] {
  const taken: Pipe[] = [];
  for (let pipe = pipes.take(); pipe !== null; pipe = pipes.take()) taken.push(pipe);
  for (const pipe of taken) pipes.give(pipe);
  return taken.map(({ input }) => input);
}

function openPipes(): number[] {
  const isPipe = (descriptor: string): boolean => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith('pipe:');
    } catch {
      // It was the one that the folder itself was read by.
      return false;
    }
  };
  return readdirSync('/proc/self/fd').filter(isPipe).map(Number);
}
