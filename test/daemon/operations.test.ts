import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import Database from 'better-sqlite3';
import { Client, type Outcome } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { newState, policyText, type State } from '../running/levee.ts';

type Guarded = {
  readonly state: State;
  readonly port: number;
  open(count: number): Promise<readonly Outcome[]>;
};

async function guarded(context: TestContext, threshold: number, more = ''): Promise<Guarded> {
  const state = newState(context);
  const member = await startMember(context);
  const port = await freePort();
  const { status, stderr } = await state.here([], `${policyText(port, member.port, threshold)}${more}`);
  assert.deepEqual([status, stderr], [0, '']);
  const clients: Client[] = [];
  context.after(() => {
    for (const { socket } of clients) socket.destroy();
  });
  return {
    state,
    port,
    async open(count) {
      const outcomes: Outcome[] = [];
      for (let index = 0; index < count; index++) {
        const client = new Client('127.0.0.1', port);
        clients.push(client);
        outcomes.push(await client.outcome);
      }
      return outcomes;
    },
  };
}

async function asked(state: State, command: string): Promise<string> {
  const { status, stdout, stderr } = await state.here(['-c', command]);
  assert.deepEqual([status, stderr], [0, ''], command);
  return stdout;
}

const blocking =
  'config waf layer4-connection-flood-check-rule\nedit "web limit"\nset action block-period\nset block-period 600\nnext\nend\n';

function storedBlocks(state: State): readonly { readonly source: string; readonly until: number }[] {
  const database = new Database(join(state.path, 'levee.db'), { readonly: true });
  try {
    return database.prepare<[], { source: string; until: number }>('SELECT source, until FROM block').all();
  } finally {
    database.close();
  }
}

suite('blocks', { concurrency: 2 }, () => {
  test('survive kill -9 with their end, until they are lifted', async (context) => {
    const { state, open } = await guarded(context, 2, blocking);
    const first = await state.daemon();
    assert.deepEqual(await open(3), ['admitted', 'admitted', 'reset']);
    await until('the block is on disk', () => storedBlocks(state).length === 1);
    const [kept] = storedBlocks(state);
    await first.kill('SIGKILL');
    const nobodyRuns = JSON.parse(await asked(state, 'diagnose policy period-blockip list "web" | json'));
    assert.deepEqual(
      nobodyRuns.map(({ source, until, enforced }: { source: string; until: string; enforced: boolean }) => [
        source,
        Date.parse(until),
        enforced,
      ]),
      [['127.0.0.1', kept?.until, true]],
    );

    const second = await state.daemonHere();
    assert.deepEqual(await open(1), ['reset'], 'the first connection after the restart');
    const listed = JSON.parse(await asked(state, 'diagnose policy period-blockip list | json'));
    assert.deepEqual(
      listed.map(({ policy, source }: { policy: string; source: string }) => [policy, source]),
      [['web', '127.0.0.1']],
    );
    assert.ok(Math.abs(Date.parse(listed[0].until) - (kept?.until ?? 0)) < 1000, 'its end has not moved');
    assert.match(
      await asked(state, 'diagnose policy period-blockip list "web"'),
      /^policy {2}source {5}seconds left {2}until {16}refused {2}by the kernel {2}enforced\nweb {5}127\.0\.0\.1 +\d+ {2}[-\d]{10} [:\d]{8} +1 +0 {2}yes\n$/,
    );

    const { status, stderr } = await state.here(['-c', 'diag policy period delete "web" 127.0.0.1']);
    assert.deepEqual([status, stderr], [0, '']);
    assert.deepEqual(storedBlocks(state), []);
    // The daemon writes its log after it has replied.
    await until('it is in the event log', () =>
      /action=unblock .* msg="User admin ended the block of 127\.0\.0\.1 in policy \\"web\\" from -c"/.test(
        readFileSync(join(state.path, 'log', 'event.log'), 'utf8'),
      ),
    );
    assert.deepEqual(await open(1), ['admitted']);
    assert.equal(await asked(state, 'diagnose policy period-blockip list'), 'nobody is blocked\n');
    await second.stop();
    await state.daemonHere();
    assert.deepEqual(await open(1), ['admitted'], 'a lifted block does not come back');
  });

  test('under monitor-mode are listed as what they are', async (context) => {
    const { state, open } = await guarded(context, 2, blocking);
    await state.daemonHere();
    assert.deepEqual(await open(3), ['admitted', 'admitted', 'reset']);
    const monitored = 'config server-policy policy\nedit web\nset monitor-mode enable\nnext\nend\n';
    assert.equal((await state.here([], monitored)).status, 0);
    assert.deepEqual(await open(1), ['admitted']);
    const [block] = JSON.parse(await asked(state, 'diagnose policy period-blockip list | json'));
    assert.deepEqual([block.source, block.enforced], ['127.0.0.1', false]);
    assert.match(await asked(state, 'diagnose policy period-blockip list'), / {2}no: monitor-mode\n$/);
  });

  test('that a flood test has caused are told apart from refusals', async (context) => {
    const { state } = await guarded(context, 2, blocking);
    await state.daemonHere();
    const told = await asked(state, 'diagnose policy flood-test "web" connections 4');
    assert.match(told, /^admitted {2}: 0\nreset {5}: 4, those too that were let in before the block$/m);
  });

  test('are ordered by hand, over a restart, and by no rule', async (context) => {
    const { state, open } = await guarded(context, 0);
    const wrong = async (words: string): Promise<string> =>
      (await state.here(['-c', `diagnose policy period-blockip add ${words}`])).stderr;
    assert.match(await wrong('"web" 127.0.0.1 60'), /runs no enforcer|levee daemon/);
    const daemon = await state.daemonHere();
    assert.deepEqual(await open(1), ['admitted']);
    assert.equal(await asked(state, 'diagnose policy period-blockip add "web" 127.0.0.1 600'), '');
    assert.deepEqual(await open(1), ['reset']);
    const [block] = JSON.parse(await asked(state, 'diagnose policy period-blockip list | json'));
    assert.deepEqual([block.source, block.refused, block.enforced], ['127.0.0.1', 1, true]);
    assert.match(await asked(state, 'get system metrics'), /^levee_blocks_total\{policy="web"\} 1$/m);
    await until('it is in the event log', () =>
      /action=block .* msg="User admin blocked 127\.0\.0\.1 in policy \\"web\\" for 600 seconds from -c"/.test(
        readFileSync(join(state.path, 'log', 'event.log'), 'utf8'),
      ),
    );
    await until('the block is on disk', () => storedBlocks(state).length === 1);
    await daemon.stop();
    await state.daemonHere();
    assert.deepEqual(await open(1), ['reset']);
    assert.match(await wrong('"web"'), /incomplete command[\s\S]*the address of a source/);
    assert.match(await wrong('"web" 127.0.0.1'), /incomplete command[\s\S]*an integer from 1 to 86400/);
    assert.match(await wrong('"web" 127.0.0.1 86401'), /an integer from 1 to 86400/);
    assert.match(await wrong('"web" here 60'), /invalid ip address before 'here'/);
    assert.match(await wrong('"web" 127.0.0.0/8 60'), /is not what policy "web" counts as one source/);
    const monitored = 'config server-policy policy\nedit web\nset monitor-mode enable\nnext\nend\n';
    assert.equal((await state.here([], monitored)).status, 0);
    assert.match(await wrong('"web" 127.0.0.1 60'), /is in monitor-mode, which blocks nobody/);
  });

  test('that are none are not lifted', async (context) => {
    const { state } = await guarded(context, 2, blocking);
    await state.daemonHere();
    const wrong = async (words: string): Promise<string> => (await state.here(['-c', words])).stderr;
    assert.match(
      await wrong('diagnose policy period-blockip delete "web" 192.0.2.1'),
      /entry not found in datasource: '192\.0\.2\.1'\n[\s\S]*a source that policy "web" blocks/,
    );
    assert.match(
      await wrong('diagnose policy period-blockip delete "web" here'),
      /invalid ip address before 'here'/,
    );
    assert.match(await wrong('diagnose policy period-blockip delete "web"'), /incomplete command/);
    assert.match(
      await wrong('diagnose policy period-blockip delete 192.0.2.1'),
      /entry not found in datasource: '192\.0\.2\.1'\n[\s\S]*an existing entry of server-policy policy/,
    );
    assert.match(await wrong('diagnose policy period-blockip delete "wob" ::1'), /did you mean "web"/);
  });
});

suite('what runs', { concurrency: 2 }, () => {
  test('is shown by policy, source and session, and as JSON', async (context) => {
    const { state, port, open } = await guarded(context, 3);
    await state.daemonHere();
    assert.deepEqual(await open(4), ['admitted', 'admitted', 'admitted', 'reset']);

    const [policy] = JSON.parse(await asked(state, 'diagnose policy list | json'));
    assert.deepEqual(
      [policy.policy, policy.status, policy.monitorMode, policy.connections],
      ['web', 'enable', 'disable', 3],
    );
    const rule = { name: 'web limit', action: 'alert_deny', threshold: 3, silentThreshold: 0 };
    assert.deepEqual(policy.rule, rule);
    assert.match(
      await asked(state, 'diagnose policy list web'),
      /^limit: 3 for each source; alert_deny \(rule "web limit"\)$/m,
    );
    assert.deepEqual(policy.listeners, [
      { address: '127.0.0.1', interface: '', port, state: 'listening', reason: '' },
    ]);
    assert.deepEqual(
      policy.members.map((member: { state: string; connections: number }) => [
        member.state,
        member.connections,
      ]),
      [['up', 3]],
    );

    const [source, ...others] = JSON.parse(
      await asked(state, 'diagnose policy source list top 5 by refused | json'),
    );
    assert.deepEqual(others, []);
    assert.deepEqual(source, {
      policy: 'web',
      source: '127.0.0.1',
      open: 3,
      elsewhere: 0,
      shadow: 3,
      silent: 0,
      peak: 3,
      refused: 1,
      blocked: 0,
    });
    assert.match(
      await asked(state, 'diag pol source list "web" by open'),
      /^policy .*\nweb +127\.0\.0\.1 +3 .*\n$/,
    );

    const sessions = JSON.parse(await asked(state, 'diagnose policy session list "web" | json'));
    assert.equal(sessions.total, 3);
    for (const session of sessions.sessions) {
      assert.equal(session.source, '127.0.0.1');
      assert.equal(session.destination, `127.0.0.1:${port}`);
      assert.equal(session.state, 'established');
    }

    const enforcer = JSON.parse(await asked(state, 'diagnose system enforcer | json'));
    assert.deepEqual([enforcer.connections, enforcer.admitted, enforcer.refused], [3, 3, 1]);
    assert.equal(enforcer.headersFailed, 0);
    assert.equal(enforcer.sources.used, 1);
    assert.equal(enforcer.descriptors.used, 6);
    assert.match(await asked(state, 'diagnose system enforcer'), /^connections {7}: 3$/m);

    const shown = await asked(state, 'get system status');
    assert.match(shown, /^System Time: [-\d]{10} [:\d]{8}$/m, 'as in the logs');
    const status = JSON.parse(await asked(state, 'get system status | json'));
    const { runningSince, ...running } = status.enforcer;
    assert.ok(Date.parse(runningSince) <= Date.parse(status.time));
    const listeners = { listening: 1, failed: 0 };
    const counts = { connections: 3, admitted: 3, refused: 1 };
    assert.deepEqual(running, {
      stopping: false,
      workers: enforcer.workers,
      policies: 1,
      listeners,
      ...counts,
    });
  });

  test('says of a policy that nothing limits, and of a member that nobody reaches', async (context) => {
    const gone = await freePort();
    const more = `
      config server-policy server-pool
        edit "web servers"
          config pserver-list
            edit 1
              set port ${gone}
            next
          end
        next
      end
      config server-policy policy
        edit web
          unset web-protection-profile
        next
      end
    `;
    const { state, open } = await guarded(context, 3, more);
    await state.daemonHere();
    const [before] = JSON.parse(await asked(state, 'diagnose policy list | json'));
    assert.deepEqual(before.members, [
      {
        member: `127.0.0.1:${gone}`,
        state: 'unknown',
        connections: 0,
        reason: 'no connection yet, and no health check',
      },
    ]);
    assert.deepEqual(await open(2), ['reset', 'reset']);
    const told = await asked(state, 'diagnose policy list');
    const missing = 'none: server-policy policy "web" has no web-protection-profile';
    assert.match(told, new RegExp(`^limit: ${missing}$`, 'm'));
    assert.match(told, / failing +0 {2}the last 2 connections to it failed, and it has no health check$/m);
    const tested = await asked(state, 'diagnose policy flood-test web connections 3');
    assert.match(
      tested,
      new RegExp(
        `^limit {5}: ${missing}\nadmitted {2}: 0\nreset {5}: 0\nlost {6}: 3, let in by the rule, then reset for want of a member\n` +
          ` {2}member .*\n {2}127.0.0.1:${gone} +failing +0 {2}the last 5 connections .*\nattack log: nothing was written$`,
        'm',
      ),
    );
  });

  test('counts connections whose PROXY header was wrong', async (context) => {
    const proxied =
      'config server-policy policy\nedit web\nset proxy-protocol enable\nset proxy-protocol-from 127.0.0.1\nnext\nend\n';
    const { state, port } = await guarded(context, 3, proxied);
    await state.daemonHere();
    const client = new Client('127.0.0.1', port);
    client.socket.write('GET / HTTP/1.1\r\n');
    assert.equal(await client.end, 'ECONNRESET');
    assert.match(await asked(state, 'diagnose system enforcer'), /^bad PROXY headers : 1$/m);
  });

  test('is asked for in words that are checked', async (context) => {
    const { state } = await guarded(context, 3);
    await state.daemonHere();
    const wrong = async (words: string): Promise<string> => (await state.here(['-c', words])).stderr;
    assert.match(await wrong('diagnose policy source list "wob"'), /did you mean "web"/);
    assert.match(await wrong('diagnose policy source list top 0'), /an integer from 1 to 10000/);
    assert.match(await wrong('diagnose policy source list by size'), /open, refused, silent or blocked/);
    assert.match(await wrong('diagnose policy source list top'), /how many, from 1 to 10000/);
    assert.match(await wrong('diagnose policy session list'), /the name of a policy/);
    assert.match(await wrong('diagnose policy list web more'), /command parse error before 'more'/);
    assert.equal(await asked(state, 'diagnose policy source list'), 'no source holds anything\n');
    assert.equal(await asked(state, 'diagnose policy session list web'), 'there is no connection\n');
  });
});

suite('the event log', { concurrency: 2 }, () => {
  test('tells who changed what, with the daemon and without', async (context) => {
    const { state } = await guarded(context, 3);
    const log = join(state.path, 'log', 'event.log');
    assert.match(
      readFileSync(log, 'utf8'),
      / subtype="admin" .* user="admin" .* cfgpath="waf layer4-connection-flood-check-rule" cfgobj="web limit" cfgattr="layer4-connection-threshold" old="" new="3"\n/,
    );
    await state.daemonHere();
    const { status } = await state.here([
      '-c',
      'config system global',
      '-c',
      'set hostname moat',
      '-c',
      'end',
    ]);
    assert.equal(status, 0);
    await until('the change is in the log', () =>
      readFileSync(log, 'utf8').includes('cfgattr="hostname" old="" new="moat"'),
    );
    await until('its end too', () =>
      readFileSync(log, 'utf8').includes(' msg="User admin logged out from -c"'),
    );
    const text = readFileSync(log, 'utf8');
    assert.match(text, /msg="Levee has started with \d+ workers? on \w+, and revision \d+" revision=\d+\n/);
    assert.match(text, /action=login .* msg="User admin logged in from -c"/);
    assert.match(text, /device_id=moat [^\n]*action=reload/);
    const numbers = [...text.matchAll(/ msg_id=(\d{12}) /g)].map(([, number]) => Number(number));
    assert.deepEqual(
      numbers,
      numbers.map((_, index) => index + 1),
    );
  });
});
