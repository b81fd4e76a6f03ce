import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newState } from '../running/levee.ts';

test('the audit tells who has changed what, by user, table and time', async (context) => {
  const state = newState(context);
  await state.daemonHere();
  const run = async (...commands: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await state.here(commands.flatMap((command) => ['-c', command]));
    assert.deepEqual([status, stderr], [0, ''], commands.join(', '));
    return stdout;
  };
  await run(
    'config system global',
    'set hostname fw1',
    'end',
    'config log trigger-policy',
    'edit mail',
    'end',
  );
  const all = await run('execute log audit');
  assert.match(all, /User admin changed system global hostname to fw1 from -c\n/);
  assert.match(all, /User admin added log trigger-policy "mail" from -c\n/);
  const [change] = JSON.parse(await run('execute log audit path "system global" user admin lines 5 | json'));
  assert.deepEqual([change.cfgpath, change.cfgattr, change.new], ['system global', 'hostname', 'fw1']);
  assert.doesNotMatch(await run('execute log audit path log since 2000-01-01'), /hostname/);
  const none = 'the event log has no such change\n';
  assert.equal(await run('execute log audit from "-c"'), all);
  assert.equal(await run('execute log audit from 192.0.2.7'), none);
  assert.equal(await run('execute log audit user nobody'), none);
  assert.equal(await run('execute log audit until "2000-01-01 10:00"'), none);
  assert.equal(await run('execute log audit since 2999-01-01'), none);
  const { status, stderr } = await state.here(['-c', 'execute log audit since yesterday']);
  assert.equal(status, 1);
  assert.match(stderr, /value parse error before 'yesterday'[\s\S]*a day such as/);
});
