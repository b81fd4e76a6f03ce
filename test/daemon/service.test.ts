import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { serviceManager } from '../../src/daemon/service/service-manager.ts';
import { watchOver } from '../../src/daemon/service/watchdog.ts';
import { Client } from '../network/client.ts';
import { DatagramSocket } from '../network/datagram-socket.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { temporaryFolder } from '../running/folder.ts';
import { LeveeProcess, newState, policyText, type State } from '../running/levee.ts';

const linux = process.platform === 'linux' ? false : 'service managers of this kind are in Linux';

async function status(state: State): Promise<{ stopping: boolean; connections: number }> {
  const { stdout } = await state.here(['-c', 'diagnose system enforcer | json']);
  return JSON.parse(stdout);
}

suite('a service', { concurrency: 3 }, () => {
  test('tells systemd how it stands, from its start to its end', { skip: linux }, async (context) => {
    const state = newState(context);
    const taken = await startMember(context);
    const member = await freePort();
    const text = `${policyText(await freePort(), member, 5)}${policyText(taken.port, member, 5, 'taken')}`;
    assert.equal((await state.here([], text)).status, 0);
    const name = join(temporaryFolder(context), 'notify');
    const socket = new DatagramSocket(context, name);
    const environment = `NOTIFY_SOCKET=${name} WATCHDOG_USEC=4000000 WATCHDOG_PID=$$`;
    const daemon = new LeveeProcess([
      'sh',
      '-c',
      `${environment} exec "$@"`,
      'sh',
      ...state.command(['daemon']),
    ]);
    context.after(() => daemon.kill('SIGKILL'));
    const ready = await socket.message('READY=1');
    assert.match(ready, /\nSTATUS=revision 1, 1 listener \(1 failed\), /);
    await socket.message('WATCHDOG=1');
    socket.received.length = 0;
    daemon.child.kill('SIGHUP');
    assert.match(await socket.message('RELOADING=1'), /\nMONOTONIC_USEC=\d+\n/);
    await socket.message('READY=1');
    daemon.child.kill('SIGTERM');
    // Those that are configured, and some for logs.
    assert.match(await socket.message('STOPPING=1'), /\nEXTEND_TIMEOUT_USEC=20000000\n/);
    assert.equal((await daemon.ended).status, 0);
  });

  test('has a manager of an abstract name', { skip: linux }, async (context) => {
    const name = `@levee-${process.pid}-${Date.now()}`;
    const socket = new DatagramSocket(context, name);
    const manager = await serviceManager(
      { NOTIFY_SOCKET: name, WATCHDOG_USEC: '4000000', WATCHDOG_PID: String(process.pid + 1) },
      assert.fail,
    );
    manager.status('one');
    manager.status('one');
    manager.ready('two');
    await socket.message('READY=1');
    assert.deepEqual(socket.received, ['STATUS=one\n', 'READY=1\nSTATUS=two\n']);
    assert.equal(manager.watchdog, null);
  });

  test('says once that its manager can not be told anything', { skip: linux }, async (context) => {
    const reported: string[] = [];
    const gone = { NOTIFY_SOCKET: join(temporaryFolder(context), 'nobody') };
    const manager = await serviceManager(gone, (line) => reported.push(line));
    manager.ready('one');
    manager.status('two');
    await serviceManager({ NOTIFY_SOCKET: 'vsock:2:1234' }, (line) => reported.push(line));
    const common = "the service manager ($NOTIFY_SOCKET) can't be told how Levee stands: ";
    assert.deepEqual(reported, [
      `${common}no such file or directory`,
      `${common}it is neither a path nor an abstract name`,
    ]);
  });

  test('gives its watchdog no sign while a worker hangs', (context) => {
    context.mock.timers.enable({ apis: ['setInterval'] });
    let [beat, signs] = [0, 0];
    watchOver(
      8000,
      () => beat,
      () => signs++,
    );
    context.mock.timers.tick(4000);
    assert.equal(signs, 3);
    beat = 4001;
    context.mock.timers.tick(8000);
    assert.equal(signs, 3);
    beat = 200;
    context.mock.timers.tick(2000);
    assert.equal(signs, 4);
  });
});

suite('the end of a daemon', { concurrency: 2 }, () => {
  test('takes what waits, then nothing, and lets connections end by themselves', async (context) => {
    const state = newState(context);
    const member = await startMember(context);
    const port = await freePort();
    const text = `${policyText(port, member.port, 100)}config system enforcer\nset drain-timeout 600\nend\n`;
    assert.equal((await state.here([], text)).status, 0);
    const daemon = await state.daemon();
    daemon.child.kill('SIGSTOP');
    const clients = Array.from({ length: 20 }, () => new Client('127.0.0.1', port));
    await until('the system has taken them', () => clients.every((client) => client.port !== 0));
    daemon.child.kill('SIGTERM');
    daemon.child.kill('SIGCONT');
    for (const client of clients) assert.equal(await client.outcome, 'admitted');
    await until('the listener is closed', async () => {
      const late = new Client('127.0.0.1', port);
      late.close();
      return (await late.end) === 'ECONNREFUSED';
    });
    const { stopping, connections } = await status(state);
    assert.deepEqual([stopping, connections], [true, 20]);
    for (const client of clients) client.close();
    for (const client of clients) assert.equal(await client.end, '');
    assert.equal((await daemon.ended).status, 0);
    const events = readFileSync(join(state.path, 'log', 'event.log'), 'utf8');
    assert.match(events, /msg="Levee is about to end: \d+ connections? may go on for 600 seconds"/);
    assert.doesNotMatch(events, /since Levee ends/);
  });

  test('gives notice first; a second signal ends it at once', async (context) => {
    const state = newState(context);
    const member = await startMember(context);
    const port = await freePort();
    const text = `${policyText(port, member.port, 100)}config system enforcer\nset drain-notice 600\nend\n`;
    assert.equal((await state.here([], text)).status, 0);
    const daemon = await state.daemon();
    daemon.child.kill('SIGTERM');
    await until('the end has begun', async () => (await status(state)).stopping);
    const client = new Client('127.0.0.1', port);
    assert.equal(await client.outcome, 'admitted');
    const { status: exit } = await daemon.kill('SIGINT');
    assert.equal(exit, 0);
    assert.equal(await client.end, 'ECONNRESET');
    const events = readFileSync(join(state.path, 'log', 'event.log'), 'utf8');
    assert.match(events, /takes new connections for 600 seconds yet/);
    assert.match(events, /msg="1 connection was reset, since Levee ends" count=1\n.* action=stop [^\n]*\n$/s);
  });
});
