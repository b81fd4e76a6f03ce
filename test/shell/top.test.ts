import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { launcher, newState, policyText, type State } from '../running/levee.ts';
import { noPseudoTerminal, PseudoTerminal } from '../terminal/pseudo-terminal.ts';

const reader = `config system accprofile
edit watching
set traroutegrp r
set mntgrp r
next
end
config system admin
edit watcher
set access-profile watching
set password Watching-1
next
end
`;

type Watched = { readonly state: State; connect(from: string): Promise<string> };

async function watched(context: TestContext): Promise<Watched> {
  const state = newState(context);
  const member = await startMember(context);
  const port = await freePort();
  const { status, stderr } = await state.here([], `${policyText(port, member.port, 2)}${reader}`);
  assert.deepEqual([status, stderr], [0, '']);
  const clients: Client[] = [];
  context.after(() => {
    for (const { socket } of clients) socket.destroy();
  });
  await state.daemonHere();
  return {
    state,
    connect(from) {
      const client = new Client('127.0.0.1', port, from);
      clients.push(client);
      return client.outcome;
    },
  };
}

const exited = { status: 0, cooked: true };

suite('levee top', { concurrency: 2 }, () => {
  test('shows what goes on, blocks and lifts with a key, and gives the screen back', async (context) => {
    const { state, connect } = await watched(context);
    for (const from of ['127.0.0.2', '127.0.0.2', '127.0.0.3']) assert.equal(await connect(from), 'admitted');
    const top = await state.terminal(110, 14, ['top']);
    await top.has('web        3');
    await top.has(' 1 Policies (1) ');
    top.type('2');
    await top.has('web     127.0.0.3     1');
    top.type('/.3\r');
    await top.has('only ".3"');
    top.type('bn');
    await top.has('? keys');
    top.type('b');
    await top.has('block 600 s: 127.0.0.3, policy "web"? (y/N)');
    top.type('y');
    await top.has('127.0.0.3 is blocked for 600 s');
    await top.has('3 Blocked (1)');
    assert.equal(await connect('127.0.0.3'), 'reset');
    assert.equal(await connect('127.0.0.2'), 'reset');
    top.resize(60, 10);
    top.type('3');
    await top.has('web     127.0.0.3');
    top.type('ly');
    await top.has('127.0.0.3 is no longer blocked');
    await top.has('3 Blocked (0)');
    assert.equal(await connect('127.0.0.3'), 'admitted');
    top.type('?');
    await top.has('Tab, Left, Right, 1 to 4 ');
    top.type('? ');
    await top.has('paused');
    top.type('q');
    assert.deepEqual(await top.end(), exited);
    assert.equal(top.terminal.modes.get('1049'), false);
    assert.equal(top.terminal.modes.get('25'), true);
    assert.deepEqual(top.terminal.screen, []);
  });

  test('is a command of the prompt, which comes back; who may only read has no key for more', async (context) => {
    const { state, connect } = await watched(context);
    assert.equal(await connect('127.0.0.2'), 'admitted');
    const prompt = await state.terminal(100, 14, ['--user', 'watcher']);
    await prompt.has('password');
    prompt.type('Watching-1\r');
    await prompt.has('Levee $ ');
    prompt.type('diagnose system top\r2');
    await prompt.has('web     127.0.0.2     1');
    await prompt.has('\n? keys · q leave');
    assert.doesNotMatch(prompt.terminal.screen.join('\n'), /block 600 s|lift/);
    prompt.type('b\x03');
    await prompt.has('Levee $ diagnose system top');
    prompt.type('diagnose system top | grep ^web\r');
    await prompt.has('web     127.0.0.2');
    prompt.type('\x04');
    assert.deepEqual(await prompt.end(), exited);
    const { stdout } = await state.here(['-c', 'diagnose policy period-blockip list']);
    assert.equal(stdout, 'nobody is blocked\n');
  });

  test('without a terminal prints once what there is', async (context) => {
    const { state } = await watched(context);
    const { status, stdout, stderr } = await state.here(['top']);
    assert.deepEqual([status, stderr], [0, '']);
    const head = stdout.slice(0, stdout.indexOf('\n\n')).split('\n');
    assert.deepEqual(
      head.filter((row) => row.length > 80),
      [],
    );
    assert.match(stdout, /^Levee [\s\S]*\nPolicies:\npolicy .*\nweb +0 .*\n\nSources: none\n/);
    const plain = await state.terminal(100, 30, ['top'], { ...process.env, LEVEE_PLAIN: '1' });
    assert.deepEqual(await plain.end(), exited);
    assert.match(plain.terminal.screen.join('\n'), /Policies:\npolicy .*\nweb +0 /);
    assert.match((await state.here(['top', 'web'])).stderr, /top takes no web/);
  });

  test('counts above what the policies below count', async (context) => {
    const { state, connect } = await watched(context);
    for (const outcome of ['admitted', 'admitted', 'reset'])
      assert.equal(await connect('127.0.0.2'), outcome);
    assert.match((await state.here(['top'])).stdout, / admitted 2 +refused 1 /);
    const deleted = await state.here([], 'config server-policy policy\ndelete "web"\nend\n');
    assert.deepEqual([deleted.status, deleted.stderr], [0, '']);
    assert.match((await state.here(['top'])).stdout, / admitted 0 +refused 0 /);
  });

  test('where no Levee runs says so', async (context) => {
    const state = newState(context);
    assert.equal((await state.here([], 'config system global\nset hostname Levee\nend\n')).status, 0);
    const { status, stderr } = await state.here(['top']);
    assert.equal(status, 1);
    const said = `the enforcer is not running
    "levee daemon" for this state directory, and then this command
Command fail. Return code -20
`;
    assert.equal(stderr, said);
  });

  test('leaves a terminal of the system as it was', { skip: noPseudoTerminal }, async (context) => {
    const { state } = await watched(context);
    const top = new PseudoTerminal(100, 12, {}, [launcher, '--state', state.path, 'top']);
    await top.has(' 1 Policies (1) ');
    top.type('\x03');
    assert.deepEqual(await top.end(), exited);
    assert.equal(top.terminal.modes.get('1049'), false);
    assert.equal(top.terminal.modes.get('2004'), false);
  });
});
