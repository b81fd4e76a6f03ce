import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { suite, test } from 'node:test';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { newState, policyText } from '../running/levee.ts';
import { play, processOnTerminal } from '../terminal/played.ts';
import { noPseudoTerminal } from '../terminal/pseudo-terminal.ts';

suite('levee on a terminal', { skip: noPseudoTerminal, concurrency: 2 }, () => {
  const ready = ['wait', 'Levee # '] as const;

  test('guards while its prompt lasts, and serves others; closed, it frees port and lock', async (context) => {
    const state = newState(context);
    const member = await startMember(context);
    const port = await freePort();
    assert.equal((await state.here([], policyText(port, member.port, 1))).status, 0);
    const { screen } = await play(processOnTerminal(['--state', state.path]), [
      ready,
      [
        'do',
        async () => {
          const first = new Client('127.0.0.1', port);
          assert.equal(await first.outcome, 'admitted');
          assert.equal(await new Client('127.0.0.1', port).outcome, 'reset');
          first.socket.destroy();
          const { status, stderr } = await state.here([], 'config system global\nset hostname fw1\nend\n');
          assert.deepEqual([status, stderr], [0, '']);
        },
      ],
      ['type', 'show log\r'],
      ['wait', 'fw1 # '],
      ['hangup'],
    ]);
    assert.doesNotMatch(screen, /in use/);
    const server = createServer().listen({ port, host: '127.0.0.1', exclusive: true });
    await once(server, 'listening');
    server.close();
    assert.match((await state.here(['-c', 'show system global'])).stdout, /fw1/);
  });

  test('beside a daemon is its client: leaving it leaves the daemon', async (context) => {
    const state = newState(context);
    const daemon = await state.daemonHere();
    const { status } = await play(processOnTerminal(['--state', state.path]), [
      ready,
      ['type', 'config log trigger-policy\r'],
      ['wait', '(trigger-policy) # '],
      ['type', 'edit "kept"\r'],
      ['wait', '(kept) # '],
      ['type', 'next\r'],
      ['wait', '(trigger-policy) # '],
      ['type', 'edit "dropped"\r'],
      ['wait', '(dropped) # '],
      ['hangup'],
    ]);
    assert.notEqual(status, null);
    const { stdout } = await state.here(['-c', 'show log trigger-policy']);
    assert.equal(stdout, 'config log trigger-policy\n  edit "kept"\n  next\nend\n');
    await daemon.stop();
  });

  test('is stopped by Ctrl-Z and goes on, unless it is the enforcer', async (context) => {
    const state = newState(context);
    const daemon = await state.daemonHere();
    const client = await state.terminal(100, 10);
    await client.has('Levee # ');
    client.type('sho\x1a');
    await client.has('[suspended]');
    client.type('w system console\r');
    await client.has('config system console');
    client.type('exit\r');
    assert.deepEqual(await client.end(), { status: 0, cooked: true });
    await daemon.stop();
    const enforcer = await state.terminal(100, 10);
    await enforcer.has('Levee # ');
    enforcer.type('\x1a');
    await enforcer.has('This prompt is the enforcer');
    assert.doesNotMatch(enforcer.written, /suspended/);
    enforcer.type('exit\r');
    assert.deepEqual(await enforcer.end(), { status: 0, cooked: true });
  });

  test('says so when the daemon ends', async (context) => {
    const state = newState(context);
    const daemon = await state.daemonHere();
    const { screen, status } = await play(processOnTerminal(['--state', state.path]), [
      ready,
      ['type', 'half a li'],
      ['do', () => daemon.stop()],
      // Nothing was sent that could have failed.
      ['wait', 'Levee has ended the session; Enter leaves'],
      ['type', 'ne\r'],
    ]);
    assert.equal(status, 1);
    assert.doesNotMatch(screen, /\.ts:\d+|at async/, 'no stack trace');
  });
});
