import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, type TestContext, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { isLock, type Lock, takeLock } from '../../src/daemon/state/lock.ts';
import { newState, type State } from '../running/levee.ts';
import { play, processOnTerminal, type Shown, type Step, size } from '../terminal/played.ts';
import { noPseudoTerminal } from '../terminal/pseudo-terminal.ts';

/** The ports of examples/quickstart.conf: what takes them stands in this file, and runs one after the other. */
const front = 18080;
const back = 18081;

/** Another run of these tests on the same machine has its turn before or after. */
const turn = join(tmpdir(), 'levee-quickstart-tests.lock');
let lock: Lock | undefined;

before(async () => {
  for (;;) {
    const result = takeLock(turn, 'the tests of levee quickstart');
    if (isLock(result)) {
      lock = result;
      return;
    }
    await setTimeout(100);
  }
});

after(() => lock?.release());

const demonstration = 'diagnose policy flood-test "web" connections 15';

async function onTerminal(state: State, steps: readonly Step[]): Promise<Shown> {
  return play(await state.terminal(size.columns, size.rows, ['quickstart']), steps);
}

async function occupy(context: TestContext, port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  context.after(() => server.close());
  return server;
}

async function portsAreFree(): Promise<void> {
  for (const port of [front, back]) {
    const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  }
}

suite('levee quickstart without a terminal', () => {
  test('shows a flood being refused, ends with 0, and does so again', async (context) => {
    const state = newState(context);
    // All logs share the numbers, which go on.
    let last = 0;
    for (const run of [() => state.run(['quickstart']), () => state.here(['quickstart'])]) {
      const { status, stdout, stderr } = await run();
      assert.deepEqual([status, stderr], [0, '']);
      const [log = '', ...more] = stdout.split('\n').slice(5);
      assert.equal(
        stdout.slice(0, stdout.indexOf(log)),
        `Levee # ${demonstration}\ntarget    : 127.0.0.1:18080\nadmitted  : 10\nreset     : 5\nattack log:\n`,
      );
      const [, message] =
        /^ {2}date=\S+ time=\S+ log_id=20000010 msg_id=(\d{12}) device_id=Levee /.exec(log) ?? [];
      assert.ok(Number(message) > last, log);
      last = Number(message);
      assert.match(
        log,
        / action=Alert_Deny policy="web" src=127.0.0.1 .* phase=start threshold=10 open=10 peak=10 count=1 /,
      );
      assert.deepEqual(more, [''], 'one line for the whole flood');
    }
    const written = readFileSync(join(state.path, 'log', 'attack.log'), 'utf8');
    assert.equal(written.match(/ phase=start /g)?.length, 2);
    await portsAreFree();
  });

  test('imports its example into an empty state only', async (context) => {
    const state = newState(context);
    assert.equal(
      (await state.here(['-c', 'config log trigger-policy', '-c', 'edit own', '-c', 'next', '-c', 'end']))
        .status,
      0,
    );
    const { status, stderr } = await state.here(['quickstart']);
    assert.equal(status, 1);
    assert.match(stderr, /^entry not found in datasource: 'web'\n/);
    const { stdout } = await state.here(['export']);
    assert.match(stdout, /edit "own"/);
    assert.doesNotMatch(stdout, /Web Portal/);
  });

  test('says which port is in use, and leaves nothing behind', async (context) => {
    const state = newState(context);
    const backend = await occupy(context, back);
    const first = await state.here(['quickstart']);
    assert.deepEqual([first.status, first.stdout], [1, '']);
    assert.equal(
      first.stderr,
      'levee: 127.0.0.1:18081 is in use: the example needs it for the server that it guards\n',
    );
    backend.close();
    await once(backend, 'close');

    const listener = await occupy(context, front);
    const second = await state.here(['quickstart']);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /^policy "web" can't listen on 127\.0\.0\.1:18080: .*; it is tried again$/m);
    assert.match(second.stderr, /^the operation failed: policy "web" does not listen anywhere$/m);
    listener.close();
    await once(listener, 'close');
    assert.equal((await state.here(['quickstart'])).status, 0);
  });
});

test('levee quickstart that can not start ends, and frees its ports', async (context) => {
  const state = newState(context);
  const { status, stderr } = await state.here(['--state', join(state.path, 'x'.repeat(120)), 'quickstart']);
  assert.equal(status, 1);
  assert.match(stderr, /levee\.sock: .* longer than the \d+ bytes/);
  await portsAreFree();
});

suite('levee quickstart on a terminal', () => {
  const ready = ['wait', 'Levee # '] as const;

  test('gives a prompt at which the demonstration works, and floods no one else', async (context) => {
    const state = newState(context);
    const { screen, status } = await onTerminal(state, [
      ready,
      ['type', `${demonstration}\r`],
      ['wait', 'admitted  : 10'],
      ['wait', 'reset     : 5'],
      ['wait', 'count  phase'],
      ['wait', '  start'],
      ready,
      ['type', 'diagnose policy flood-test "127.0.0.1" connections 5\r'],
      ['wait', "entry not found in datasource: '127.0.0.1'"],
      ready,
      ['type', 'exit\r'],
    ]);
    assert.equal(status, 0);
    assert.match(screen, /no source may hold more than 10 connections/);
    const changed = await state.here(
      [],
      'config waf layer4-connection-flood-check-rule\nedit "Web Portal Network Connect Limit"\nset layer4-connection-threshold 5\nend\n',
    );
    assert.equal(changed.status, 0);
    const later = await onTerminal(state, [
      ready,
      ['type', `${demonstration}\r`],
      ['wait', 'admitted  : 5'],
      ready,
      ['type', 'execute config-transaction start\r'],
      ['wait', 'Levee [transaction 1] # '],
      ['type', 'config log trigger-policy\redit own\rend\rexit\r'],
      ['wait', 'End transaction 1, which is not committed? (y/N)'],
      ['type', 'y'],
    ]);
    assert.equal(later.status, 0);
    assert.match(later.screen, /Levee goes on with revision 2 of the configuration in\s/);
    assert.doesNotMatch(later.screen, /no source may hold more than/);
    await portsAreFree();
  });

  test('drops the line at Ctrl-C, goes on in an unclosed quote, and ends at Ctrl-D', async (context) => {
    const state = newState(context);
    const { screen, status } = await onTerminal(state, [
      ready,
      ['type', 'frob this'],
      ['wait', 'frob this'],
      ['type', '\u0003'],
      ready,
      ['type', 'config server-policy server-pool\r'],
      ['wait', 'Levee (server-pool) # '],
      ['type', 'edit own\r'],
      ['wait', 'Levee (own) # '],
      ['type', 'set comment "two\r'],
      ['wait', '> '],
      ['type', 'lines"\r'],
      ['wait', 'Levee (own) # '],
      ['type', 'end\r'],
      ready,
      ['type', '\u0004'],
    ]);
    assert.equal(status, 0);
    assert.doesNotMatch(screen, /Unknown action/);
    assert.match((await state.here(['export'])).stdout, /set comment "two\nlines"\n/);
    await portsAreFree();
  });

  test('that is killed frees ports and lock', { skip: noPseudoTerminal }, async (context) => {
    const state = newState(context);
    const levee = processOnTerminal(['--state', state.path, 'quickstart']);
    const kill: Step = ['do', async () => levee.signal(constants.signals.SIGKILL)];
    assert.equal((await play(levee, [ready, kill])).status, -constants.signals.SIGKILL);
    await portsAreFree();
    assert.equal((await state.here(['quickstart'])).status, 0);
  });

  test('that is closed frees ports and lock', { skip: noPseudoTerminal }, async (context) => {
    const state = newState(context);
    await play(processOnTerminal(['--state', state.path, 'quickstart']), [
      ready,
      ['type', 'config log trigger-policy\r'],
      ['wait', ') # '],
      ['hangup'],
    ]);
    await portsAreFree();
    assert.equal((await state.here(['quickstart'])).status, 0);
  });
});
