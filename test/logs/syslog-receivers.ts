import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer as createPlain, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer as createTls, type TlsOptions } from 'node:tls';
import { freePort } from '../network/ports.ts';

/** What a receiver has got. */
export class Received {
  readonly messages: string[] = [];
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = [];

  add(message: string): void {
    this.messages.push(message);
    for (const { count, resolve } of this.#waiting) if (this.messages.length >= count) resolve();
  }

  /** Resolves when so many messages are here. */
  async atLeast(count: number): Promise<readonly string[]> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ count, resolve });
    if (this.messages.length >= count) resolve();
    await promise;
    return this.messages;
  }
}

export type Receiver = { readonly port: number; readonly received: Received };

export async function udpReceiver(context: TestContext): Promise<Receiver> {
  const socket = createSocket('udp4');
  context.after(() => socket.close());
  const received = new Received();
  socket.on('message', (message) => received.add(message.toString('utf8')));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, received };
}

export type StreamReceiver = Receiver & {
  /** Resolves when a client has ended a handshake. */
  readonly mistrusted: Promise<void>;
  /** Cuts all connections, and takes no more. */
  stop(): Promise<void>;
  /** Takes connections again, on the same port. */
  start(): Promise<void>;
  /** Of clients that are connected. */
  readonly sockets: ReadonlySet<Socket>;
};

/** Takes messages of both framings (RFC 6587), in TLS where options for that are given. */
export async function streamReceiver(context: TestContext, tls?: TlsOptions): Promise<StreamReceiver> {
  const received = new Received();
  const sockets = new Set<Socket>();
  const accept = (socket: Socket): void => {
    sockets.add(socket);
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (let frame = readFrame(rest); frame !== undefined; frame = readFrame(rest)) {
        received.add(frame.message);
        rest = rest.subarray(frame.end);
      }
    });
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
  };
  const server: Server = tls === undefined ? createPlain(accept) : createTls(tls, accept);
  const { promise: mistrusted, resolve } = Promise.withResolvers<void>();
  server.on('tlsClientError', () => resolve());
  const port = await freePort();
  const start = async (): Promise<void> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  };
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  await start();
  context.after(stop);
  return { port, received, sockets, mistrusted, stop, start };
}

function readFrame(bytes: Buffer): { readonly message: string; readonly end: number } | undefined {
  if (bytes.toString('latin1', 0, 1) === '<') {
    const end = bytes.indexOf(0x0a);
    return end < 0 ? undefined : { message: bytes.toString('utf8', 0, end), end: end + 1 };
  }
  const space = bytes.indexOf(0x20);
  if (space < 0) return undefined;
  const length = bytes.toString('latin1', 0, space);
  if (!/^[1-9]\d*$/.test(length)) throw new Error(`no length: ${length}`);
  const end = space + 1 + Number(length);
  return bytes.length < end ? undefined : { message: bytes.toString('utf8', space + 1, end), end };
}
