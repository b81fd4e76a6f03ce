import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newState, type State } from '../running/levee.ts';

const both = `config system admin
  edit ann
    set access-profile prof_admin
  next
  edit bob
    set access-profile prof_admin
  next
end
`;

/** Types a line at the prompt of an administrator, and goes back as far as there is anything. */
async function type(state: State, name: string, line: string): Promise<void> {
  const levee = await state.terminal(80, 24, ['--user', name]);
  await levee.has('Levee # █');
  levee.type(`${line}\r`);
  await levee.has(`Levee # ${line}\n`);
  levee.type('\f\x1b[A\x1b[A');
  await levee.shows(`Levee # ${line}█`);
  levee.type('\x15exit\r');
  assert.equal((await levee.end()).status, 0);
}

test('nobody finds what another administrator has typed', async (context) => {
  const state = newState(context);
  assert.equal((await state.here(['import', '-'], both)).stderr, '');
  const daemon = await state.daemonHere();
  await type(state, 'ann', 'get system global');
  await type(state, 'bob', 'get system console');
  await daemon.stop();
  const histories = readdirSync(state.path).filter((name) => name.startsWith('history'));
  const texts = histories.map((name) => readFileSync(join(state.path, name), 'utf8'));
  assert.deepEqual(texts.sort(), ['"get system console"\n"exit"\n', '"get system global"\n"exit"\n']);
  for (const name of histories) assert.equal(statSync(join(state.path, name)).mode & 0o777, 0o600);
});
