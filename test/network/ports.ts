import { once } from 'node:events';
import { createServer, type Server } from 'node:net';

/**
 * Ports for what is configured by number. They lie below those that a system gives out by itself (Linux from 32768 on,
 * macOS from 49152 on), and each process that imports this has a block of them for itself: a port stays free until the
 * test takes it, and nothing listens there as long as the test lets it be.
 */
const lowest = 20_000;
const blockSize = 100;
const blocks = 120;

/**
 * Where a process begins in its block: ports of the processes before it may have connections that the system has not
 * forgotten yet (TIME_WAIT).
 */
const firstOffset = Math.floor(process.pid / blocks);

/** Claimed at once, so that tests which count sockets find this one among those that were there before. */
const ports = portsFrom(await claimBlock(process.pid % blocks));

/** A port of this process where nothing listens. No other call, here or in another process, gives the same. */
export async function freePort(): Promise<number> {
  return (await ports.next()).value;
}

async function* portsFrom(first: number): AsyncGenerator<number, never, undefined> {
  for (let block = first; ; block = await claimBlock(block + 1)) {
    for (let turn = 0; turn < blockSize - 1; turn++) {
      const port = lowest + block * blockSize + 1 + ((firstOffset + turn) % (blockSize - 1));
      const probe = await listenOn(port);
      // Somebody else's service has its place among ours.
      if (probe === null) continue;
      probe.close();
      await once(probe, 'close');
      yield port;
    }
  }
}

/** Who listens on the first port of a block has the others, until its process ends. */
async function claimBlock(from: number): Promise<number> {
  for (let step = 0; step < blocks; step++) {
    const block = (from + step) % blocks;
    const server = await listenOn(lowest + block * blockSize);
    if (server === null) continue;
    server.unref();
    return block;
  }
  throw new Error(`every port from ${lowest} on is claimed`);
}

/** On every address; null where the port is in use on one of them. */
async function listenOn(port: number): Promise<Server | null> {
  const server = createServer().listen({ port, exclusive: true });
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return null;
    throw error;
  }
}
