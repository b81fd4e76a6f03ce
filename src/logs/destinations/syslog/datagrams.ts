import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { nameLookups } from '../../sending/name-lookups.ts';
import type { SyslogConnection } from './connection.ts';

/** Milliseconds after which the name is looked up anew: nothing else would show that the server has moved. */
const lifetime = 300_000;

/** Sends each message as a datagram (RFC 5426). A server that is not there is only known where its system says so. */
export async function openDatagrams(
  server: string,
  port: number,
  signal: AbortSignal,
): Promise<SyslogConnection> {
  const address = await addressOf(server, signal);
  signal.throwIfAborted();
  const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
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
    peer: 'sent as a datagram, of which nobody says whether it came',
    get failure() {
      return failure;
    },
    get isBroken() {
      return failure !== undefined || performance.now() - opened > lifetime;
    },
    async send(messages) {
      for (const message of messages) await send(message);
    },
    close: () => socket.close(),
  };
}

function addressOf(server: string, signal: AbortSignal): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const gaveUp = (): void => reject(new Error('it was given up'));
  signal.addEventListener('abort', gaveUp);
  const lookup = nameLookups.whileWanted(() => !signal.aborted);
  lookup(server, {}, (error, address) => {
    if (error !== null) reject(error);
    else if (typeof address === 'string') resolve(address);
  });
  return promise.finally(() => signal.removeEventListener('abort', gaveUp));
}
