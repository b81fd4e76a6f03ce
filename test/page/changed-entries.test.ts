import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changedEntries } from '../../src/page/changes/difference.ts';
import { newState } from '../running/levee.ts';

test('what a revision has changed is listed by entry, down to those within others', async (context) => {
  const state = newState(context);
  const asked = async (...commands: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await state.here(commands.flatMap((command) => ['-c', command]));
    assert.deepEqual([status, stderr], [0, '']);
    return stdout;
  };
  const list = 'config waf ip-list';
  const member = (key: number, ip: string): readonly string[] => [
    'config members',
    `edit ${key}`,
    `set ip ${ip}`,
    'end',
  ];
  await asked(
    'config system global',
    'set hostname fw',
    'end',
    list,
    'edit office',
    ...member(1, '::1'),
    'end',
  );
  await asked(list, 'rename office to home', 'edit home', ...member(2, '::2'), 'end');
  const created = changedEntries(JSON.parse(await asked('execute revision show 1 | json')).changes);
  assert.deepEqual(
    created.map(({ path, name, change }) => [path, name, change]),
    [
      ['waf ip-list', 'office', 'created'],
      ['waf ip-list members', 'office / 1', 'created'],
      ['system global', '', 'changed'],
    ],
  );
  assert.deepEqual(created[2]?.fields, [{ field: 'hostname', before: 'Levee', after: 'fw' }]);
  const all = changedEntries(JSON.parse(await asked('execute revision diff 1 | json')));
  assert.deepEqual(
    all.map(({ name, change, remark }) => [name, change, remark]),
    [
      ['home', 'changed', 'was called office'],
      ['home / 2', 'created', ''],
    ],
  );
});
