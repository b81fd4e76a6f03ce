import assert from 'node:assert/strict';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { Client } from '../network/client.ts';
import { startMember } from '../network/member.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { newState, policyText, type State } from '../running/levee.ts';

async function lines(state: State, ...commands: readonly string[]): Promise<string[]> {
  const { status, stdout, stderr } = await state.here(commands.flatMap((command) => ['-c', command]));
  assert.deepEqual([status, stderr], [0, '']);
  return stdout.split('\n').slice(0, -1);
}

async function refusal(state: State, command: string): Promise<string> {
  const { status, stdout, stderr } = await state.here(['-c', command]);
  assert.equal(status, 1);
  return stdout + stderr;
}

suite('log commands', { concurrency: 2 }, () => {
  test('show what was refused, changed and carried, as it is filtered', async (context) => {
    const state = newState(context);
    const member = await startMember(context);
    const port = await freePort();
    const daemon = await state.daemon();
    const traffic =
      'config log traffic-log\nset status enable\nend\nconfig server-policy policy\nedit web\nset tlog enable\nend\n';
    assert.equal((await state.here([], policyText(port, member.port, 1) + traffic)).status, 0);
    const held = new Client('127.0.0.1', port);
    assert.equal(await held.outcome, 'admitted');
    const refused = new Client('127.0.0.1', port);
    assert.equal(await refused.outcome, 'reset');
    await until('it is recorded', async () =>
      (await lines(state, 'execute log display')).join().startsWith('date='),
    );

    const [attack, ...more] = await lines(state, 'execute log display attack lines 5');
    assert.match(
      attack ?? '',
      / type=attack .* policy="web" src=127\.0\.0\.1 .* phase=start threshold=1 open=1 /,
    );
    assert.deepEqual(more, []);
    const shown = await lines(state, 'execute log display event lines 1000 | grep cfgattr=."action"');
    assert.equal(shown.length, 1);
    assert.match(
      shown[0] ?? '',
      / action=add .* cfgobj="web limit" cfgattr="action" old="" new="alert_deny"$/,
    );

    const { stdout } = await state.here(['-c', 'execute log display | json']);
    const [record] = JSON.parse(stdout);
    assert.deepEqual([record.src, record.threshold, record.log_id], ['127.0.0.1', 1, '20000010']);

    const one = '1 violation in 1 episode, of 1 record';
    for (const words of [
      '',
      ' policy web source 127.0.0.0/8 since 2026-01-01',
      ' source 127.0.0.1-127.0.0.9',
    ])
      assert.equal((await lines(state, `execute log episodes${words}`)).at(-1), one, words);
    for (const words of ['policy mail', 'source ::1', 'source 127.0.0.2', 'until 2026-01-01'])
      assert.deepEqual(await lines(state, `execute log episodes ${words}`), [
        'the attack log has no such episode',
      ]);
    const told = JSON.parse((await state.here(['-c', 'execute log episodes lines 1 | json'])).stdout);
    assert.deepEqual([told.violations, told.isCut, told.episodes[0].source], [1, true, '127.0.0.1']);
    const { id } = told.episodes[0];
    assert.deepEqual(await lines(state, `execute log episodes record ${Number(id)}`), [attack]);
    assert.match(await refusal(state, 'execute log episodes record 99999'), /msg_id of a record/);
    assert.match(await refusal(state, 'execute log episodes source web'), /an address, a prefix/);

    held.socket.destroy();
    await until('it is recorded', async () =>
      (await lines(state, 'execute log display traffic')).join().startsWith('date='),
    );
    const [carried] = await lines(state, 'execute log display traffic lines 1');
    assert.match(carried ?? '', / type=traffic .* server=127\.0\.0\.1 .* received=\d+ sent=\d+ duration=\d/);

    const found = await lines(
      state,
      'execute log filter field cfgpath "system vip" "server-policy policy"',
      'execute log filter field action add',
      'execute log filter list',
      'execute log display event lines 1000 | grep -c cfgpath=',
      'execute log display event lines 1000 | grep -v -c "system vip|server-policy policy"',
      'execute log filter clear action',
      'execute log filter clear',
      'execute log filter list',
    );
    assert.deepEqual(found.slice(0, 2), ['cfgpath "system vip" "server-policy policy"', 'action add']);
    assert.ok(Number(found[2]) > 1);
    assert.deepEqual(found.slice(3), ['0', 'nothing is filtered']);
    assert.deepEqual(await lines(state, 'execute log filter field src 192.0.2.1', 'execute log display'), [
      'the attack log has no record that the filter lets through',
    ]);

    renameSync(join(state.path, 'log', 'event.log'), join(state.path, 'log', 'moved'));
    daemon.child.kill('SIGHUP');
    await state.here(['-c', 'config system global', '-c', 'set hostname Guard', '-c', 'end']);
    // The daemon writes lines after its reply: what is there now may be of the command before.
    const file = join(state.path, 'log', 'event.log');
    await until(
      'it is in a new file',
      () => existsSync(file) && /new="Guard"/.test(readFileSync(file, 'utf8')),
    );
    const ended = await daemon.kill('SIGTERM');
    assert.equal(ended.status, 0);
    assert.match(readFileSync(file, 'utf8'), / action=stop .*\n$/);

    const [stopped, ...admins] = await lines(
      state,
      'execute log display event lines 1',
      'execute log filter field action edit',
      'execute log display event lines 1',
      'execute log audit path "system global"',
    );
    assert.match(stopped ?? '', / action=stop /, 'files can be read where nobody writes them');
    assert.match(admins.join('\n'), / new="Guard"\n.* changed system global hostname /);
    assert.match(await refusal(state, 'execute log tail'), /the enforcer is not running/);
  });

  test('follow a log until they are interrupted', async (context) => {
    const state = newState(context);
    await state.daemonHere();
    const tail = state.start([
      '-c',
      'execute log filter field cfgattr hostname',
      '-c',
      'execute log tail event',
    ]);
    let change = 0;
    // It says nothing before the first record: a batch hears no remarks.
    await until('it follows', async () => {
      change += 1;
      const text = `config system console\nset output ${change % 2 === 0 ? 'more' : 'standard'}\nend\n`;
      await state.here([], `${text}config system global\nset hostname guard${change}\nend\n`);
      return tail.stdout !== '';
    });
    assert.match(tail.stdout, / cfgattr="hostname" old="(?:guard\d+)?" new="guard\d+"\n/);
    assert.doesNotMatch(tail.stdout, /cfgattr="output"/);
    const { status, signal } = await tail.kill('SIGINT');
    assert.ok(status !== null || signal === 'SIGINT');
  });

  test('say what they take', async (context) => {
    const state = newState(context);
    await state.daemonHere();
    assert.match(
      await refusal(state, 'execute log display attacks'),
      /one of attack, event, traffic, lines; did you/,
    );
    assert.match(await refusal(state, 'execute log display lines 0'), /an integer from 1 to 100000/);
    assert.match(await refusal(state, 'execute log display event lines'), /an integer from 1 to 100000/);
    assert.match(await refusal(state, 'execute log display event lines 5 more'), /the end of the line/);
    assert.match(await refusal(state, 'execute log filter field source x'), /a key of log records/);
    assert.match(await refusal(state, 'execute log filter field src'), /a value of src/);
    assert.match(await refusal(state, 'execute log filter clear src'), /a key that is filtered by/);
    assert.match(await refusal(state, 'execute log tail attack x'), /the end of the line/);
    assert.deepEqual(await lines(state, 'execute log display traffic'), ['the traffic log has no record']);
    assert.deepEqual(await lines(state, 'execute log status'), ['records go to files only']);
  });
});
