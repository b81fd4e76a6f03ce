import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { SyslogConnection } from './connection.ts';

/** Milliseconds after which the name is looked up anew: nothing else would show that the server has moved. */
const lifetime = 300_000;

/** Sends each message as a datagram (RFC 5426). A server that is not there is only known where its system says so. */
export async function openDatagrams(
  server: string,
  port: number,
  signal: AbortSignal,
): Promise<SyslogConnection> {
  const { address, family } = await lookup(server);
  signal.throwIfAborted();
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  const opened = performance.now();
  let failure: Error | undefined;
  socket.on('error', (error) => {
    failure = error;
  });
  socket.unref();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('connect', resolve).once('error', reject);
  socket.connect(port, address);
  try {
    await promise;
  } catch (error) {
    socket.close();
    throw error;
  }
  const send = (message: Buffer): Promise<void> => {
    const sending = Promise.withResolvers<void>();
    socket.send(message, (error) => (error === null ? sending.resolve() : sending.reject(error)));
    return sending.promise;
  };
  return {
    get isBroken() {
      return failure !== undefined || performance.now() - opened > lifetime;
    },
    async send(messages) {
      for (const message of messages) await send(message);
    },
    close: () => socket.close(),
  };
}
