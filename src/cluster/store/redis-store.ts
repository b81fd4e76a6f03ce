import { endpointText } from '../../net/endpoint.ts';
import { tlsClientOptions } from '../../net/tls-client.ts';
import type { Reveal } from '../../policy/reading.ts';
import { messageOf } from '../../text/reason.ts';
import type { StoreServer } from '../settings.ts';
import { AnswerWatch } from './answer-watch.ts';
import type { ClockReading, FieldPlace, Listener, SharedStore } from './shared-store.ts';

/** Milliseconds for a connection to be made. */
const connectTimeout = 2000;
/** Milliseconds between two looks whether it is there, and that it may be silent, as an `AnswerWatch` counts them. */
const lookInterval = 200;
const silence = 1000;
/** Milliseconds: whoever's clock is that far from ours is not believed. */
const mostOffset = 86_400_000;
/** Bytes of a field with its name, and of a value: what is longer is none of ours. */
const longestField = 4096;
const longestValue = 2 ** 26;
/** Fields that are fetched or written at once. */
const atOnce = 500;

/** Of a field that does not exist HGET gives false. */
const replaceScript = `
if string.sub(redis.call('HGET', KEYS[1], ARGV[1]) or '', 1, ARGV[2]) ~= ARGV[3] then return 0 end
redis.call('HSET', KEYS[1], unpack(ARGV, 4))
return 1`;

// Whoever writes what is too long may do so, but it is not fetched: a few fields could take all of our memory.

const getScript = `return string.sub(redis.call('HGET', KEYS[1], ARGV[1]) or '', 1, ARGV[2])`;

const scanScript = `
local scanned = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[2])
local fields = scanned[2]
for at = 1, #fields, 2 do
  if #fields[at] + #fields[at + 1] > tonumber(ARGV[3]) then
    fields[at] = string.sub(fields[at], 1, 64)
    fields[at + 1] = ''
  end
end
return scanned`;

type Reply = string | number | Buffer | null | readonly Reply[];
type Send = (command: string, ...words: readonly (string | Uint8Array)[]) => Promise<Reply>;

/** The first of the servers that can be written to. Rejects with why each can't. */
export async function openRedis(
  servers: readonly StoreServer[],
  reveal: Reveal,
  channels: ReadonlyMap<string, Listener>,
  signal: AbortSignal,
): Promise<SharedStore> {
  const reasons: string[] = [];
  for (const server of servers) {
    try {
      return await openOne(server, reveal, channels, signal);
    } catch (error) {
      reasons.push(`${endpointOf(server)}: ${messageOf(error)}`);
    }
    signal.throwIfAborted();
  }
  throw new Error(reasons.join('; '));
}

async function openOne(
  settings: StoreServer,
  reveal: Reveal,
  channels: ReadonlyMap<string, Listener>,
  signal: AbortSignal,
): Promise<SharedStore> {
  const { createClient, RESP_TYPES } = await import('@redis/client');
  const { server, port, username, password, tls } = settings;
  const { promise: lost, resolve: resolveLost } = Promise.withResolvers<string>();
  let reason: string | undefined;
  const lose = (why: string): void => {
    reason ??= why;
    resolveLost(reason);
  };
  const client = createClient({
    RESP: 3,
    ...(username === '' ? {} : { username }),
    ...(password.text === '' ? {} : { password: reveal(password) }),
    socket: {
      host: server,
      port,
      // From then on an `AnswerWatch`: a timeout of the socket strikes where this process has stood still, too.
      connectTimeout,
      // Whoever has lost it begins with the first server again.
      reconnectStrategy: false,
      ...(tls === null ? {} : secured(server, tls, reveal)),
    },
    disableOfflineQueue: true,
    disableClientInfo: true,
    maintNotifications: 'disabled',
  });
  const give = (): void => client.destroy();
  client.on('error', (error) => lose(messageOf(error)));
  client.on('end', () => lose('the connection has ended'));
  const watch = new AnswerWatch(
    silence,
    lookInterval,
    () => {
      if (client.isReady) watched('PING').catch((error: unknown) => lose(messageOf(error)));
    },
    () => {
      lose(`it has not answered for ${silence} ms`);
      // What waits for an answer is rejected.
      client.destroy();
    },
  );
  const buffers = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  const watched: Send = async (command, ...words) => {
    const bytes = words.map((word) => (typeof word === 'string' ? word : Buffer.from(word)));
    try {
      return replyOf(await watch.over(buffers.sendCommand([command, ...bytes])));
    } catch (error) {
      throw new Error(reason ?? messageOf(error), { cause: error });
    }
  };
  try {
    const { promise: established, resolve: establish } = Promise.withResolvers<void>();
    client.once('connect', establish);
    const greeted = client.connect();
    // Who is given up before that goes on connecting.
    await Promise.race([established, greeted]);
    signal.addEventListener('abort', give);
    signal.throwIfAborted();
    await watch.over(greeted);
    const [role] = await listOf(watched('ROLE'));
    if (textOf(role) !== 'master') throw new Error(`it is a ${textOf(role)}, and can't be written to`);
    for (const [channel, listener] of channels)
      await watch.over(
        client.subscribe(
          channel,
          (message: unknown) => {
            if (Buffer.isBuffer(message)) listener(message);
          },
          true,
        ),
      );
  } catch (error) {
    watch.stop();
    client.destroy();
    throw new Error(reason ?? messageOf(error), { cause: error });
  } finally {
    // Once it is open, whoever has it closes it.
    signal.removeEventListener('abort', give);
  }
  return new RedisStore(endpointOf(settings), watched, lost, () => {
    watch.stop();
    lose('it was closed');
    client.destroy();
  });
}

class RedisStore implements SharedStore {
  readonly server: string;
  readonly lost: Promise<string>;
  readonly close: () => void;
  readonly #send: Send;

  constructor(server: string, send: Send, lost: Promise<string>, close: () => void) {
    this.server = server;
    this.#send = send;
    this.lost = lost;
    this.close = close;
  }

  async clock(): Promise<ClockReading> {
    const before = performance.now();
    const [seconds, micros] = await listOf(this.#send('TIME'));
    const after = performance.now();
    const time = Number(textOf(seconds)) * 1000 + Number(textOf(micros)) / 1000;
    if (!(Math.abs(time - Date.now()) < mostOffset)) throw new Error('its clock is more than a day off');
    return { offset: time - (before + after) / 2, error: (after - before) / 2 };
  }

  async publish(channel: string, message: Uint8Array): Promise<void> {
    await this.#send('PUBLISH', channel, message);
  }

  async keep(key: string, value: Uint8Array, milliseconds: number): Promise<void> {
    await this.#send('SET', key, value, 'PX', String(milliseconds));
  }

  async fetch(key: string): Promise<Buffer | null> {
    const value = bytesOf(await this.#send('GETRANGE', key, '0', String(longestValue - 1)));
    return value.length === 0 ? null : value;
  }

  async put(hash: string, fields: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const entries = [...fields];
    for (let at = 0; at < entries.length; at += atOnce)
      await this.#send('HSET', hash, ...entries.slice(at, at + atOnce).flat());
  }

  async *scan(hash: string, most: number): AsyncIterable<ReadonlyMap<string, Buffer>> {
    const bounds = [String(atOnce), String(longestField)];
    let cursor = '0';
    let fields = 0;
    let rounds = 0;
    do {
      const [next, entries] = await listOf(this.#send('EVAL', scanScript, '1', hash, cursor, ...bounds));
      cursor = textOf(next);
      const found = new Map<string, Buffer>();
      const words = Array.isArray(entries) ? entries : [];
      for (let at = 0; at + 1 < words.length; at += 2) found.set(textOf(words[at]), bytesOf(words[at + 1]));
      fields += found.size;
      rounds += 1;
      if (fields > most || rounds > most) throw new Error(`${hash} has more than ${most} fields`);
      yield found;
    } while (cursor !== '0');
  }

  async get({ hash, field, longest }: FieldPlace): Promise<Buffer | null> {
    const found = bytesOf(await this.#send('EVAL', getScript, '1', hash, field, String(longest)));
    return found.length === 0 ? null : found;
  }

  async replace(
    { hash, field, longest }: FieldPlace,
    expected: Uint8Array | null,
    fields: ReadonlyMap<string, Uint8Array>,
  ): Promise<boolean> {
    const words = [hash, field, String(longest), expected ?? '', ...[...fields].flat()];
    return (await this.#send('EVAL', replaceScript, '1', ...words)) === 1;
  }

  async remove(hash: string, fields: readonly string[]): Promise<void> {
    for (let at = 0; at < fields.length; at += atOnce)
      await this.#send('HDEL', hash, ...fields.slice(at, at + atOnce));
  }
}

function secured(
  server: string,
  { authorities, identity }: NonNullable<StoreServer['tls']>,
  reveal: Reveal,
): object {
  const shown = identity && { certificate: identity.certificate, key: reveal(identity.key) };
  return { tls: true, ...tlsClientOptions(server, authorities, shown) };
}

function endpointOf({ server, port }: StoreServer): string {
  return endpointText({ address: server, port });
}

/** Any reply, as far as commands are sent here. */
function replyOf(reply: unknown): Reply {
  if (reply === null || typeof reply === 'string' || typeof reply === 'number') return reply;
  if (Buffer.isBuffer(reply)) return reply;
  if (Array.isArray(reply)) return reply.map(replyOf);
  throw new TypeError(`the store has answered with ${typeof reply}`);
}

async function listOf(reply: Promise<Reply>): Promise<readonly Reply[]> {
  const list = await reply;
  return Array.isArray(list) ? list : [];
}

function textOf(reply: Reply | undefined): string {
  return Buffer.isBuffer(reply) ? reply.toString('utf8') : String(reply ?? '');
}

function bytesOf(reply: Reply | undefined): Buffer {
  return Buffer.isBuffer(reply) ? reply : Buffer.from(textOf(reply), 'utf8');
}
