import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort } from '../network/ports.ts';
import { newState, type State } from '../running/levee.ts';

async function console(
  state: State,
  ...commands: readonly string[]
): Promise<{ stdout: string; stderr: string }> {
  const { status, stdout, stderr } = await state.here(commands.flatMap((command) => ['-c', command]));
  assert.equal(status, 0, `${stdout}${stderr}`);
  return { stdout, stderr };
}

function door(name: string, ...lines: readonly string[]): string[] {
  return ['config system access-door', `edit ${name}`, ...lines, 'end'];
}

/** What whoever comes to a port is told first; '' where nobody is there. */
async function greeting(
  context: TestContext,
  port: number,
): Promise<{ readonly text: string; readonly socket: Socket }> {
  const socket = connect(port, '127.0.0.1');
  context.after(() => socket.destroy());
  const { promise, resolve } = Promise.withResolvers<string>();
  socket.once('data', (data) => resolve(data.toString()));
  socket.once('error', () => resolve(''));
  return { text: await promise, socket };
}

async function reports(state: State): Promise<unknown[]> {
  const { stdout } = await console(state, 'diagnose system access-door | json');
  return JSON.parse(stdout).map(({ name, port, state: how, reason, strangers }: Record<string, unknown>) => [
    name,
    port,
    how,
    reason,
    strangers,
  ]);
}

test('a door opens, moves and shuts at a commit, and says why it can not open', async (context) => {
  const state = newState(context);
  const daemon = await state.daemonHere();
  const [port, other] = [await freePort(), await freePort()];
  assert.deepEqual(await reports(state), []);
  const opened = await console(state, ...door('d', 'set status enable', `set port ${port}`));
  const nobody = 'door "d": nobody can come in before an administrator has a password or an SSH key\n';
  assert.equal(opened.stderr, nobody);
  const { text, socket } = await greeting(context, port);
  assert.equal(text, 'SSH-2.0-Levee\r\n');
  assert.deepEqual(await reports(state), [['d', port, 'open', '', 1]]);
  await console(state, ...door('d', 'set banner hello', 'next', 'rename d to door'));
  assert.deepEqual(await reports(state), [['door', port, 'open', '', 1]], 'the same door');

  await console(
    state,
    'config system global',
    `set admin-ssh-port ${other}`,
    'end',
    ...door('door', 'unset port'),
  );
  if (!socket.destroyed) await once(socket, 'close');
  assert.equal((await greeting(context, port)).text, '');
  assert.equal((await greeting(context, other)).text, 'SSH-2.0-Levee\r\n');
  await console(state, ...door('door', 'set status disable'));
  assert.equal((await greeting(context, other)).text, '');
  assert.deepEqual(await reports(state), []);

  const stranger = createServer().listen(port, '127.0.0.1');
  context.after(() => stranger.close());
  await once(stranger, 'listening');
  const { stderr } = await console(state, ...door('door', 'set status enable', `set port ${port}`));
  assert.match(stderr, /door "door" is not open: another program has that port/);
  assert.match(
    daemon.reported.join('\n'),
    /door "door" can't be opened for ssh on 127\.0\.0\.1:\d+: another program has that port/,
  );
  assert.deepEqual(await reports(state), [
    ['door', port, 'failed', 'another program has that port: stop it, or "set port"', 0],
  ]);
  stranger.close();
  await once(stranger, 'close');
  await console(state, ...door('door', 'set banner again'));
  assert.deepEqual(await reports(state), [['door', port, 'open', '', 0]]);

  const keys = JSON.parse((await console(state, 'get system ssh-host-key | json')).stdout);
  assert.deepEqual(
    keys.map(({ type }: { type: string }) => type),
    ['ssh-ed25519', 'ecdsa-sha2-nistp256'],
  );
  for (const name of ['ssh-host-ed25519.key', 'ssh-host-ecdsa.key'])
    assert.equal(statSync(join(state.path, name)).mode & 0o777, 0o600);
  await daemon.stop();
  assert.equal((await greeting(context, port)).text, '');
  await state.daemonHere();
  const after = JSON.parse((await console(state, 'get system ssh-host-key | json')).stdout);
  assert.deepEqual(after, keys, 'clients know it again');
  assert.deepEqual(await reports(state), [['door', port, 'open', '', 0]]);
});
