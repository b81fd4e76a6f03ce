import assert from 'node:assert/strict';
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { isLock, takeLock } from '../../src/daemon/state/lock.ts';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { newState, policyText, type State } from '../running/levee.ts';

async function canBind(port: number): Promise<boolean> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  server.once('error', () => resolve(false));
  server.listen({ host: '127.0.0.1', port, exclusive: true }, () => resolve(true));
  const bound = await promise;
  if (bound) server.close();
  return bound;
}

async function done(state: State, text: string): Promise<void> {
  const { status, stdout, stderr } = await state.here([], text);
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
}

suite('levee daemon', { concurrency: 2 }, () => {
  test('keeps its state to its owner, and lets nobody beside it', async (context) => {
    const state = newState(context);
    const daemon = await state.daemon();
    const mode = (name: string): string => (statSync(join(state.path, name)).mode & 0o777).toString(8);
    assert.equal(mode('.'), '700');
    assert.equal(mode('log'), '700');
    for (const name of ['levee.db', 'levee.lock', 'levee.sock', 'log/event.log'])
      assert.equal(mode(name), '600', name);

    const second = await state.here(['daemon']);
    assert.deepEqual(second, {
      status: 1,
      signal: null,
      stdout: '',
      stderr: `levee: ${state.path} is in use by process ${daemon.child.pid} (levee daemon)\n`,
    });
    assert.deepEqual(await state.here(['-c', 'show system global']).then(({ status }) => status), 0);
    rmSync(join(state.path, 'levee.lock'));
    const { status, stderr } = await state.here(['daemon']);
    assert.equal(status, 1);
    assert.match(stderr, /is in use by another process\n$/);
  });

  test('starts beside a command that is run at the same time', async (context) => {
    const state = newState(context);
    await done(state, '');
    const lock = takeLock(join(state.path, 'levee.lock'), 'levee -c');
    assert.ok(isLock(lock));
    // It has tried by then, or finds the lock free: it starts either way.
    const releasing = setTimeout(500).then(() => lock.release());
    await state.daemonHere();
    await releasing;
  });

  test('stops on a signal: its connections are reset, its port is free for the next', async (context) => {
    const state = newState(context);
    const member = await startMember(context);
    const port = await freePort();
    await done(
      state,
      `${policyText(port, member.port, 5)}config system enforcer\nset drain-timeout 0\nend\n`,
    );
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const daemon = await state.daemon();
      assert.match(daemon.stderr, /, 1 listener\n/);
      const client = new Client('127.0.0.1', port);
      assert.equal(await client.outcome, 'admitted');
      const { status, stderr } = await daemon.kill(signal);
      assert.equal(status, 0);
      assert.match(stderr, new RegExp(`levee: stopping on ${signal}\n$`));
      assert.equal(await client.end, 'ECONNRESET');
      assert.ok(await canBind(port));
      assert.ok(!existsSync(join(state.path, 'levee.sock')));
    }
  });

  test('that is killed leaves port and lock to the next, and its socket is no hindrance', async (context) => {
    const state = newState(context);
    const member = await startMember(context);
    const port = await freePort();
    await done(state, policyText(port, member.port, 5));
    const daemon = await state.daemon();
    const client = new Client('127.0.0.1', port);
    assert.equal(await client.outcome, 'admitted');
    await daemon.kill('SIGKILL');
    assert.notEqual(await client.end, null);
    assert.ok(existsSync(join(state.path, 'levee.sock')), 'the socket is stale');
    assert.ok(await canBind(port));
    const shown = await state.here(['-c', 'show server-policy service custom']);
    assert.equal(shown.status, 0);
    assert.match(shown.stdout, new RegExp(`set port ${port}`));
    await state.daemonHere();
    const next = new Client('127.0.0.1', port);
    assert.equal(await next.outcome, 'admitted');
    next.socket.destroy();
  });

  test('takes a change over at the commit, and keeps its counts', async (context) => {
    const state = newState(context);
    const member = await startMember(context);
    const port = await freePort();
    await done(state, policyText(port, member.port, 3));
    await state.daemonHere();
    const held: Client[] = [];
    context.after(() => {
      for (const { socket } of held) socket.destroy();
    });
    const tryOne = async (): Promise<string> => {
      const client = new Client('127.0.0.1', port);
      const outcome = await client.outcome;
      if (outcome === 'admitted') held.push(client);
      return outcome;
    };
    const limit = (threshold: number): string =>
      `config waf layer4-connection-flood-check-rule\nedit "web limit"\nset layer4-connection-threshold ${threshold}\nnext\nend\n`;
    for (let count = 0; count < 3; count++) assert.equal(await tryOne(), 'admitted');
    assert.equal(await tryOne(), 'reset');

    await done(
      state,
      'config system global\nset hostname unrelated\nend\nconfig log trigger-policy\nedit x\nnext\nend\n',
    );
    assert.equal(await tryOne(), 'reset', 'an unrelated change forgets no count');

    await done(state, limit(5));
    assert.equal(await tryOne(), 'admitted');
    assert.equal(await tryOne(), 'admitted');
    assert.equal(await tryOne(), 'reset');

    await done(state, limit(2));
    assert.equal(await tryOne(), 'reset');
    assert.ok(
      held.every(({ socket }) => !socket.destroyed),
      'a lower threshold cuts nobody',
    );
    assert.equal(held.length, 5);

    const rejected = await state.here([], `${limit(9)}${limit(70_000)}`);
    assert.equal(rejected.status, 1);
    assert.equal(await tryOne(), 'reset', 'nothing of a rejected batch takes effect');

    const elsewhere = await freePort();
    await done(
      state,
      `config server-policy service custom\nedit "web port"\nset port ${elsewhere}\nnext\nend\n`,
    );
    assert.ok(await canBind(port));
    const moved = new Client('127.0.0.1', elsewhere);
    assert.equal(await moved.outcome, 'reset', 'the policy is the same, and so are its counts');
    assert.ok(held.every(({ socket }) => !socket.destroyed));

    await done(state, 'config server-policy policy\ndelete web\nend\n');
    assert.deepEqual(await Promise.all(held.map(({ end }) => end)), Array(5).fill('ECONNRESET'));
    assert.ok(await canBind(elsewhere));
  });

  test('says which listener failed, runs the others, and takes it over when it is free', async (context) => {
    const state = newState(context);
    const [member, other] = [await startMember(context), await startMember(context)];
    const [taken, free] = [other.port, await freePort()];
    await done(state, policyText(taken, member.port, 5, 'taken') + policyText(free, member.port, 5, 'free'));
    const { reported } = await state.daemonHere();
    assert.match(
      reported.join('\n'),
      new RegExp(`^policy "taken" can't listen on 127.0.0.1:${taken}: .*; it is tried again$`),
    );
    const client = new Client('127.0.0.1', free);
    assert.equal(await client.outcome, 'admitted');
    client.socket.destroy();
    other.close();
    const now = `policy "taken" listens on 127.0.0.1:${taken} now`;
    await until('it says so', () => reported.includes(now));
    await until('the daemon listens there', async () => !(await canBind(taken)));
  });

  test('tells whoever commits, or would, that a listener fails, and outlives whoever reads what it says', async (context) => {
    const state = newState(context);
    const daemon = await state.daemon();
    daemon.child.stderr?.destroy();
    const member = await startMember(context);
    assert.equal((await state.here([], policyText(await freePort(), member.port, 1))).status, 0);
    const elsewhere = 'config system vip\nedit "web address"\nset vip 198.51.100.77/32\nnext\nend\n';
    const failure = /^policy "web" can't listen on 198\.51\.100\.77:\d+: .*it is tried again$/m;
    assert.match(
      (await state.here(['import', '--check', '-'], elsewhere)).stderr,
      failure,
      'also to who asks',
    );
    const { status, stderr } = await state.here([], elsewhere);
    assert.equal(status, 0);
    assert.match(stderr, failure);
    const other = 'config system global\nset hostname fw1\nend\n';
    assert.equal(
      (await state.here(['import', '--check', '-'], other)).stderr,
      '',
      'nor who asks of something else',
    );
    assert.equal((await state.here([], other)).stderr, '', 'nor whoever commits something else');
    const again = (await state.here([], elsewhere.replace('.77/', '.78/'))).stderr;
    assert.match(again, /^policy "web" can't listen on 198\.51\.100\.78:\d+: /m);
    assert.equal(
      (await state.here(['-c', 'show system vip | grep 198'])).stdout,
      '    set vip 198.51.100.78/32\n',
    );
    assert.equal(daemon.isOver, false);
  });

  test('does not start on a database that is none, and says so', async (context) => {
    const state = newState(context);
    await done(state, '# nothing\n');
    writeFileSync(join(state.path, 'levee.db'), 'nonsense\n'.repeat(1000));
    for (const words of [['daemon'], ['export']]) {
      const { status, stderr } = await state.here(words);
      assert.deepEqual(
        [status, stderr],
        [1, `levee: ${state.path}/levee.db: file is not a database: put a copy of it in its place\n`],
      );
    }
  });

  test('says so where the path of its socket is too long for the system', async (context) => {
    const state = newState(context);
    const long = join(state.path, 'x'.repeat(120));
    const { status, stderr } = await state.here(['--state', long, 'daemon']);
    assert.equal(status, 1);
    assert.match(stderr, /levee\.sock: .* longer than the \d+ bytes/);
    assert.equal((await state.here(['--state', long], '')).status, 0);
  });
});
