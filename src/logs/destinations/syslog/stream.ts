import { connect as connectPlain, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, TLSSocket } from 'node:tls';
import { tlsClientOptions } from '../../../net/tls-client.ts';
import type { Reveal } from '../../../policy/reading.ts';
import { oneLine } from '../../../text/harmless.ts';
import { nameLookups } from '../../sending/name-lookups.ts';
import type { SyslogConnection } from './connection.ts';
import { framed } from './message.ts';
import type { SyslogServer } from './settings.ts';

/** Milliseconds for a connection to be made, and for a server to take what was sent. */
const patience = 30_000;

/** A connection to a syslog server, in clear or in TLS. Rejects where none can be had. */
export async function openStream(
  settings: SyslogServer,
  reveal: Reveal,
  signal: AbortSignal,
): Promise<SyslogConnection> {
  const socket: Socket = connect(
    settings,
    reveal,
    nameLookups.whileWanted(() => !socket.destroyed),
  );
  let failure: Error | undefined;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (error: Error): void => {
    failure ??= plain(error);
    reject(failure);
    socket.destroy();
  };
  socket.once(settings.protocol === 'tls' ? 'secureConnect' : 'connect', resolve);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the server has closed the connection')));
  socket.on('timeout', () => fail(new Error(`nothing moved for ${patience / 1000} s`)));
  socket.setTimeout(patience);
  socket.unref();
  const aborted = (): void => fail(new Error('it was given up'));
  signal.addEventListener('abort', aborted);
  // What a server may say back is of no use, but must be read: its end comes behind it.
  socket.resume();
  try {
    await promise;
  } finally {
    signal.removeEventListener('abort', aborted);
  }
  socket.setTimeout(0);
  socket.setKeepAlive(true, 60_000);
  const { framing } = settings;
  return {
    peer: socket instanceof TLSSocket ? peerOf(socket) : 'connected and sent; syslog has no answer',
    get failure() {
      return failure;
    },
    get isBroken() {
      return failure !== undefined;
    },
    send: (messages) =>
      write(socket, Buffer.concat(messages.map((message) => framed(message, framing))), () => failure),
    close: () => socket.destroy(),
  };
}

/** Node adds how it would be started to trust others; here the configuration says whom to trust. */
function plain(error: Error): Error {
  const [message = '', ...more] = error.message.split('; if the root CA is installed locally');
  return more.length === 0
    ? error
    : new Error(`${message}; "ca" of the server can name who has signed it`, { cause: error });
}

/** What a server has shown of itself in TLS. */
function peerOf(socket: TLSSocket): string {
  const { subject, valid_to: end } = socket.getPeerCertificate();
  const name = [subject?.CN ?? []].flat()[0] ?? 'no name';
  return `${socket.getProtocol()}, certificate of ${oneLine(name)} until ${end}; sent, syslog has no answer`;
}

function connect(
  { server: host, port, protocol, verifyCertificate, authorities, identity }: SyslogServer,
  reveal: Reveal,
  lookup: LookupFunction,
): Socket {
  if (protocol !== 'tls') return connectPlain({ host, port, lookup, noDelay: true });
  return connectTls({
    host,
    port,
    lookup,
    rejectUnauthorized: verifyCertificate,
    ...tlsClientOptions(
      host,
      verifyCertificate ? authorities : null,
      identity && { certificate: identity.certificate, key: reveal(identity.key) },
    ),
  });
}

async function write(socket: Socket, bytes: Buffer, failure: () => Error | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const closed = (): void => reject(failure() ?? new Error('the connection was closed'));
  socket.once('close', closed);
  socket.setTimeout(patience);
  socket.write(bytes, (error) => (error instanceof Error ? reject(failure() ?? error) : resolve()));
  try {
    await promise;
  } finally {
    socket.off('close', closed);
    socket.setTimeout(0);
  }
}
