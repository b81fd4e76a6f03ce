import assert from 'node:assert/strict';
import { openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { lentBy } from '../../src/daemon/service/lent-sockets.ts';
import { serviceManager } from '../../src/daemon/service/service-manager.ts';
import { watchOver } from '../../src/daemon/service/watchdog.ts';
import { lentSockets } from '../../src/enforcer/sockets/given-sockets.ts';
import { openListeningSocket } from '../../src/enforcer/sockets/listening-socket.ts';
import { closeDescriptor } from '../../src/enforcer/sockets/system-calls.ts';
import { isWhole } from '../campaign.ts';
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
    manager.status(() => 'one');
    manager.status(() => 'one');
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
    manager.status(() => 'two');
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

suite('sockets that a service manager has opened', { concurrency: 2, skip: linux }, () => {
  /** A daemon as the manager starts it. */
  function activated(context: TestContext, state: State, descriptors: readonly number[]): LeveeProcess {
    const script = `LISTEN_FDS=${descriptors.length} LISTEN_PID=$$ exec "$@"`;
    const command = ['sh', '-c', script, 'sh', ...state.command(['daemon'])];
    const daemon = new LeveeProcess(command, undefined, descriptors);
    context.after(() => daemon.kill('SIGKILL'));
    return daemon;
  }

  for (const engine of isWhole ? ['epoll', 'node'] : ['epoll']) {
    test(`are those of the policies with their addresses, on ${engine}`, async (context) => {
      const state = newState(context);
      const member = await startMember(context);
      const [port, unused] = [await freePort(), await freePort()];
      const text = `${policyText(port, member.port, 50)}config system enforcer\nset engine ${engine}\nset drain-timeout 0\nend\n`;
      assert.equal((await state.here([], text)).status, 0);
      // Queues of one listener, where the engine has such.
      const queues = Array.from({ length: engine === 'epoll' ? 2 : 1 }, () =>
        openListeningSocket('127.0.0.1', port, { sharesPort: true }),
      );
      const lent = [...queues, openListeningSocket('127.0.0.1', unused)];
      context.after(() => lent.forEach(closeDescriptor));
      const daemon = activated(context, state, lent);
      await daemon.printed('1 listener');
      assert.match(
        daemon.stderr,
        new RegExp(`has opened 127\\.0\\.0\\.1:${unused}, where no policy listens: nobody is let in there\n`),
      );
      const admitted = async (to: number): Promise<void> => {
        const clients = Array.from({ length: 8 }, () => new Client('127.0.0.1', to));
        for (const client of clients) assert.equal(await client.outcome, 'admitted');
        for (const client of clients) client.close();
      };
      await admitted(port);
      const change = async (commands: string): Promise<void> =>
        assert.deepEqual(await state.here([], commands), { status: 0, signal: null, stdout: '', stderr: '' });
      await change(policyText(unused, member.port, 50, 'late'));
      await admitted(unused);
      // Closed, it is for nobody; the descriptor is there for when it is wanted again.
      await change('config server-policy policy\nedit "web"\nset status disable\nend\n');
      const turnedAway = new Client('127.0.0.1', port);
      await change('config server-policy policy\nedit "late"\nset status disable\nend\n');
      assert.equal(turnedAway.port, 0);
      turnedAway.socket.destroy();
      await change('config server-policy policy\nedit "web"\nset status enable\nend\n');
      await admitted(port);
      assert.equal((await daemon.kill('SIGTERM')).status, 0);
      // What comes meanwhile waits for the next one.
      const waiting = new Client('127.0.0.1', port);
      const next = activated(context, state, lent);
      assert.equal(await waiting.outcome, 'admitted');
      waiting.close();
      assert.equal((await next.kill('SIGTERM')).status, 0);
    });
  }

  test('of no use are told', async (context) => {
    const reported: string[] = [];
    const [pipe, descriptors] = [openSync('/dev/null', 'r'), [] as number[]];
    context.after(() => [pipe, ...descriptors].forEach(closeDescriptor));
    descriptors.push(openListeningSocket('127.0.0.1', 0));
    const given = lentSockets([pipe, ...descriptors], (line) => reported.push(line));
    assert.deepEqual(reported, [`descriptor ${pipe} of the service manager is no listening socket of TCP`]);
    assert.equal(given.rest.length, 1);
    assert.equal(await lentBy({ LISTEN_FDS: '2', LISTEN_PID: '1' }, assert.fail), undefined);
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
    const first = new Client('127.0.0.1', port);
    assert.equal(await first.outcome, 'admitted');
    daemon.child.kill('SIGSTOP');
    const clients = [first, ...Array.from({ length: 19 }, () => new Client('127.0.0.1', port))];
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
