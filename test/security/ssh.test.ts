import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { suite, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import ssh2 from 'ssh2';
import { noOpenSsh, type SshHost, sshHost } from '../doors/ssh/open-ssh.ts';

/** Connections of others, from addresses of this machine. */
class Crowd {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();

  constructor(port: number) {
    this.#port = port;
  }

  /** Of those that have come, and have not been sent away. */
  get size(): number {
    return this.#sockets.size;
  }

  /** One more, which says this and then nothing. */
  async come(from: string, ...said: readonly (string | Uint8Array)[]): Promise<Socket> {
    const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress: from });
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    // What is sent to them must not keep them open.
    socket.resume();
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]);
    for (const each of said) socket.write(each);
    return socket;
  }

  disperse(): void {
    for (const socket of this.#sockets) socket.destroy();
  }
}

async function openDoor(host: SshHost): Promise<{ guests: number; strangers: number }> {
  const [door] = JSON.parse(await host.console('diagnose system access-door | json'));
  return door;
}

/** Waits until nobody is there any more. */
async function deserted(host: SshHost): Promise<void> {
  for (;;) {
    const { guests, strangers } = await openDoor(host);
    if (guests + strangers === 0) return;
    await pause(5);
  }
}

function packet(...body: readonly Uint8Array[]): Buffer {
  const payload = Buffer.concat(body);
  const padding = 16 - ((5 + payload.length) % 8);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(1 + payload.length + padding);
  head.writeUInt8(padding, 4);
  return Buffer.concat([head, payload, Buffer.alloc(padding)]);
}

function text(value: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  return Buffer.concat([length, Buffer.from(value)]);
}

const greeting = 'SSH-2.0-test\r\n';
const proposal = packet(
  Uint8Array.of(20),
  Buffer.alloc(16),
  ...['curve25519-sha256', 'ssh-ed25519', 'aes128-ctr', 'aes128-ctr', 'hmac-sha2-256', 'hmac-sha2-256'].map(
    text,
  ),
  ...['none', 'none', '', ''].map(text),
  Buffer.alloc(5),
);

/** What a client says before it has logged in, by the phase in which it becomes junk. */
const beforeLogin: readonly (readonly (string | Uint8Array)[])[] = [
  [randomBytes(3000)],
  ['A'.repeat(100_000)],
  [greeting, randomBytes(40_000)],
  [greeting, Uint8Array.of(0x7f, 0xff, 0xff, 0xff, 1)],
  [greeting, packet(Uint8Array.of(99), randomBytes(50))],
  [greeting, proposal, randomBytes(3000)],
  [greeting, proposal, packet(Uint8Array.of(30), randomBytes(20))],
  [greeting, proposal, packet(Uint8Array.of(30), text('x'.repeat(32)), randomBytes(8)), randomBytes(300)],
];

type Client = InstanceType<typeof ssh2.Client>;
type Channel = ssh2.ClientChannel;

/** What a client does that has logged in. */
const afterLogin: readonly ((client: Client, socket: Socket) => Promise<void>)[] = [
  async (_client, socket) => void socket.write(randomBytes(500)),
  (client) => told(client, (then) => client.subsys('sftp', then), randomBytes(2000)),
  (client) => told(client, (then) => client.subsys('sftp', then), sftpJunk()),
  (client) => told(client, (then) => client.exec('scp -t config', then), randomBytes(2000)),
  (client) =>
    told(client, (then) => client.exec('scp -t config', then), Buffer.from('C0644 999999999 config\n')),
  (client) =>
    told(client, (then) => client.shell({ rows: 4e9, cols: 4e9, term: '\x1b[31m' }, then), randomBytes(2000)),
];

function sftpJunk(): Buffer {
  const orders = Array.from({ length: 60 }, (_, at) =>
    Buffer.concat([Uint8Array.of((at % 22) + 1), randomBytes(4), text('config'), randomBytes(at)]),
  );
  return Buffer.concat(orders.map((order) => text(order.toString('latin1'))));
}

/** Opens a channel, says something there, and waits until something is answered, or it is over. */
async function told(
  client: Client,
  open: (then: (error: Error | undefined, channel: Channel) => void) => void,
  said: Uint8Array,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  client.on('close', resolve);
  open((error, channel) => {
    if (error) return resolve();
    for (const stream of [channel, channel.stderr]) stream.on('data', () => resolve());
    channel.on('close', resolve);
    channel.write(said);
  });
  await promise;
}

/** Others have to ask for each address of the loopback interface. */
const noAddresses = process.platform === 'linux' ? false : 'the addresses of 127.0.0.0/8 are those of Linux';

suite('strangers at a door for SSH', { skip: noOpenSsh || noAddresses }, () => {
  test('a thousand connections that say nothing keep nobody out, and most of them are sent away', async (context) => {
    const host = await sshHost(context);
    const key = host.own;
    const crowd = new Crowd(host.port);
    context.after(() => crowd.disperse());
    let isOver = false;
    let came = 0;
    /** One source with very many, and many sources with one or two each. */
    const crowding = async (sourceOf: (at: number) => string): Promise<void> => {
      while (!isOver || came < 1000) {
        if (came > 1000) await pause(2);
        await crowd.come(sourceOf(came++));
      }
    };
    const crowds = [crowding(() => '127.0.0.2'), crowding((at) => `127.0.1.${at % 50}`)];
    for (const from of ['127.0.0.9', '127.0.0.10', '127.0.0.9']) {
      const words = ['-b', from];
      const { status, stderr } = await host.ssh('admin', ['get system status'], { key: key.file, words });
      assert.equal(status, 0, stderr);
      assert.ok((await openDoor(host)).strangers <= 64);
    }
    isOver = true;
    await Promise.all(crowds);
    assert.ok((await openDoor(host)).strangers <= 64);
    crowd.disperse();
    await deserted(host);
  });

  test('junk in whatever phase costs its author the connection, and nobody else anything', async (context) => {
    const host = await sshHost(context);
    const key = host.own;
    const crowd = new Crowd(host.port);
    await Promise.all(beforeLogin.map((said, at) => crowd.come(`127.0.2.${at}`, ...said)));
    await Promise.all(
      afterLogin.map(async (use) => {
        const socket = await crowd.come('127.0.0.3');
        const client = new ssh2.Client().on('error', () => undefined);
        const { promise, resolve } = Promise.withResolvers<void>();
        client.on('close', resolve).on('ready', () => void use(client, socket).finally(() => client.end()));
        client.connect({ sock: socket, username: 'admin', privateKey: readFileSync(key.file) });
        await promise;
      }),
    );
    assert.match(await host.console('get system status'), /^Version/);
    const still = await host.ssh('admin', ['get system status'], { key: key.file });
    assert.equal(still.status, 0, still.stderr);
    crowd.disperse();
    await deserted(host);
    const sessions = JSON.parse(await host.console('get system logged-users | json'));
    assert.equal(sessions.length, 1, 'the one that asks');
  });
});
