import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { hashPasswordSync } from '../../src/access/password.ts';
import { newState, type State } from '../running/levee.ts';

function revisions({ path }: State): unknown[] {
  const database = new Database(join(path, 'levee.db'), { readonly: true });
  try {
    return database.prepare('SELECT author, origin FROM revision ORDER BY id').raw().all();
  } finally {
    database.close();
  }
}

const admins = `
config system accprofile
  edit "operator"
    set loggrp rw
    set filegrp r
  next
end
config system admin
  edit "ann"
    set access-profile "operator"
    set password ENC ${hashPasswordSync('correct horse', { cost: 10, lanes: 1 })}
  next
end
`;

function edit(name: string): string {
  return `config log trigger-policy\nedit ${name}\nnext\nend\n`;
}
function commands(name: string): string[] {
  return edit(name)
    .trim()
    .split('\n')
    .flatMap((line) => ['-c', line]);
}

test('each revision says who made it, and from where', async (context) => {
  const state = newState(context);
  const password = join(state.path, '..', 'password');
  writeFileSync(password, 'correct horse\n');
  const ann = ['--user', 'ann', '--password-file', password];
  const file = join(state.path, '..', 'rules.conf');
  writeFileSync(file, edit('of-ann'));
  const run = async (words: readonly string[], input?: string): Promise<void> => {
    const { status, stderr } = await state.here(words, input);
    assert.deepEqual([status, stderr], [0, ''], words.join(' '));
  };
  const all = async (kind: string): Promise<void> => {
    await run(commands(`admin-${kind}`));
    await run([...ann, ...commands(`ann-${kind}`)]);
    await run(ann, edit(`input-${kind}`));
    await run([...ann, 'import', file]);
    writeFileSync(file, edit('of-ann-again'));
  };
  await run(['import', '-'], admins);
  const before = revisions(state);
  await all('alone');
  await state.daemonHere();
  await all('served');
  assert.deepEqual(revisions(state), [
    ...before,
    ...[0, 1].flatMap(() => [
      ['admin', '-c'],
      ['ann', '-c'],
      ['ann', 'standard input'],
      ['ann', `import ${file}`],
    ]),
  ]);
});
