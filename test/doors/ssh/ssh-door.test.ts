import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import ssh2 from 'ssh2';
import type { DoorKeeper, NetworkDoor } from '../../../src/doors/door.ts';
import { SshHostKeys } from '../../../src/doors/ssh/host-keys.ts';
import { type SshLimits, sshLimits } from '../../../src/doors/ssh/limits.ts';
import { openSshDoor } from '../../../src/doors/ssh/ssh-door.ts';
import { freePort } from '../../network/ports.ts';

/** Lets everybody in who says "right", or "slow" once `release` is called, and gives them no session. */
class Keeper implements DoorKeeper {
  present = 0;
  left = 0;
  tries = 0;
  readonly #released = Promise.withResolvers<void>();

  release(): void {
    this.#released.resolve();
  }

  async enter(...[, { name, password }]: Parameters<DoorKeeper['enter']>): ReturnType<DoorKeeper['enter']> {
    this.tries += 1;
    if (password === 'slow') await this.#released.promise;
    else if (password !== 'right') return { kind: 'refused', reason: 'wrong', plain: false };
    this.present += 1;
    return {
      account: name === 'root' ? 2 : 1,
      mayDoEverything: name === 'root',
      name: 'anna',
      notice: null,
      open: () => ({ refused: 'there is no more room' }),
      leave: () => {
        this.present -= 1;
        this.left += 1;
      },
    };
  }

  knowsKey(): boolean {
    return false;
  }
}

type Opened = { readonly door: NetworkDoor; readonly keeper: Keeper; readonly port: number };

async function open(context: TestContext, limits: Partial<SshLimits>, idleMinutes = 5): Promise<Opened> {
  const folder = mkdtempSync(join(tmpdir(), 'levee-ssh-'));
  const port = await freePort();
  const keeper = new Keeper();
  const settings = {
    row: 1,
    name: 'ssh',
    type: 'ssh',
    address: '127.0.0.1',
    port,
    trusts: () => true,
    tls: null,
    hostNames: [],
    banner: '',
    idleMinutes,
  } as const;
  const services = { keeper, hostKeys: new SshHostKeys(join(folder, 'key-')), historyFileOf: () => '' };
  const door = await openSshDoor(() => settings, services, { ...sshLimits, ...limits });
  context.after(() => {
    door.close();
    rmSync(folder, { recursive: true });
  });
  return { door, keeper, port };
}

/** A client that has come in. */
async function clientOf(
  { port }: Opened,
  more: ssh2.ConnectConfig = {},
): Promise<InstanceType<typeof ssh2.Client>> {
  const client = new ssh2.Client();
  client.connect({ host: '127.0.0.1', port, username: 'anna', password: 'right', ...more });
  await once(client, 'ready');
  return client;
}

test('whoever does not log in has to go after a while, whatever they say', async (context) => {
  const { door, port } = await open(context, { grace: 30 });
  const gone = ['', 'SSH-2.0-slow\r\n'].map((said) => {
    // Whose words come when they have to go is reset.
    const socket = connect(port, '127.0.0.1', () => socket.write(said)).on('error', () => undefined);
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.on('close', () => resolve()).resume();
    return promise;
  });
  await Promise.all(gone);
  assert.equal(door.strangers, 0);
});

test('whoever has logged in and does nothing has to go, and is no guest any more', async (context) => {
  const opened = await open(context, {}, 0.003);
  // What keeps the connection alive is nothing that somebody does.
  const client = await clientOf(opened, { keepaliveInterval: 20 });
  assert.deepEqual([opened.door.guests, opened.keeper.present], [1, 1]);
  await once(client, 'close');
  assert.deepEqual([opened.door.guests, opened.keeper.present], [0, 0]);
});

test('six tries are all that a connection has', async (context) => {
  const opened = await open(context, { tries: 6 });
  const client = new ssh2.Client().on('error', () => undefined);
  let asked = 0;
  client.connect({
    host: '127.0.0.1',
    port: opened.port,
    username: 'anna',
    authHandler: () => {
      asked += 1;
      return { type: 'password', username: 'anna', password: `wrong ${asked}` };
    },
  });
  await once(client, 'close');
  assert.equal(opened.keeper.tries, 6);
});

function protocolOf(client: InstanceType<typeof ssh2.Client>): object {
  return Reflect.get(client, '_protocol');
}

test('whoever has not logged in exchanges keys once, and asks about so many keys', async (context) => {
  const opened = await open(context, { requests: 4 });
  const [again, asking] = [new ssh2.Client(), new ssh2.Client()];
  const closed = [again, asking].map((client) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    client.on('error', () => undefined).on('close', resolve);
    return promise;
  });
  let asked = 0;
  again.connect({
    host: '127.0.0.1',
    port: opened.port,
    username: 'anna',
    // Nothing is tried any more; the library has no call for the exchange before a login.
    authHandler: () => Reflect.apply(Reflect.get(protocolOf(again), 'rekey'), protocolOf(again), []),
  });
  asking.connect({
    host: '127.0.0.1',
    port: opened.port,
    username: 'anna',
    authHandler: () => {
      asked += 1;
      return { type: 'none', username: 'anna' };
    },
  });
  await Promise.all(closed);
  assert.equal(asked, 5, 'four are answered');
  assert.equal(opened.keeper.tries, 0);
});

test('a login that the client calls off while it is judged lets nobody in', async (context) => {
  const opened = await open(context, {});
  const { door, keeper } = opened;
  const client = new ssh2.Client().on('error', () => undefined);
  client.on('keyboard-interactive', (_name, _instructions, _language, _prompts, finish) => finish(['slow']));
  client.connect({
    host: '127.0.0.1',
    port: opened.port,
    username: 'anna',
    tryKeyboard: true,
    authHandler: ['keyboard-interactive'],
  });
  const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  while (keeper.tries < 1) await turn();
  // The library has no call for another request before the answer to the first.
  const protocol = protocolOf(client);
  Reflect.apply(Reflect.get(protocol, 'authPassword'), protocol, ['anna', 'wrong']);
  while (keeper.tries < 2) await turn();
  keeper.release();
  await turn();
  assert.deepEqual([door.guests, keeper.present, keeper.left], [0, 0, 1]);
  client.end();
});

test('an account that has its places on a door gets no more, and others do', async (context) => {
  const opened = await open(context, { guests: { each: 2, all: 4, kept: 1 } });
  const own = [await clientOf(opened), await clientOf(opened)];
  const third = new ssh2.Client();
  third.connect({ host: '127.0.0.1', port: opened.port, username: 'anna', password: 'right' });
  const [error] = await once(third, 'error');
  assert.match(String(error), /authentication methods failed/);
  await clientOf(opened, { username: 'root' });
  assert.deepEqual([opened.door.guests, opened.keeper.present], [3, 3]);
  const [gone] = own;
  gone?.end();
  if (gone !== undefined) await once(gone, 'close');
  while (opened.door.guests !== 2) await new Promise(setImmediate);
  await clientOf(opened);
  assert.equal(opened.door.guests, 3);
});

test('a guest who may have no session is told why; a door that shuts lets them stay', async (context) => {
  const opened = await open(context, {});
  const client = await clientOf(opened);
  opened.door.shut();
  const { promise, resolve } = Promise.withResolvers<readonly [string, number]>();
  client.exec('show', (error, channel) => {
    assert.ifError(error);
    let told = '';
    channel.resume().stderr.on('data', (data) => {
      told += data;
    });
    channel.on('close', (status: number) => resolve([told, status]));
  });
  assert.deepEqual(await promise, ['there is no more room\n', 1]);
  const late = connect(opened.port, '127.0.0.1');
  await once(late, 'error');
  opened.door.close();
  await once(client, 'close');
});
