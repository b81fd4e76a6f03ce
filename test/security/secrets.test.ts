import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { newState, type State } from '../running/levee.ts';

const first = `
config system admin
  edit "bob"
    set access-profile "prof_admin"
    set password "the first password"
  next
end
config log email-policy
  edit "on call"
    set mailfrom levee@example.com
    set mailto1 oncall@example.com
    set smtp-server mail.example.com
    set smtp-auth enable
    set smtp-username levee
    set smtp-password "the first secret"
  next
end
`;

const second = `
config system admin
  edit "bob"
    set password "the second password"
  next
end
config log email-policy
  edit "on call"
    set smtp-password "the second secret"
  next
end
`;

async function done(state: State, words: readonly string[], input?: string): Promise<string> {
  const { status, stdout, stderr } = await state.here(words, input);
  assert.equal(status, 0, stderr);
  return stdout;
}

/** What stands for the secrets of a configuration, in the form in which it is kept. */
async function kept(state: State): Promise<readonly string[]> {
  const secrets = (await done(state, ['export'])).match(/\$(?:scrypt|aes256gcm)\S+/g) ?? [];
  assert.equal(secrets.length, 2);
  return secrets;
}

/** Which of some texts are in some file of a state directory. */
function foundIn(state: State, texts: readonly string[]): readonly string[] {
  const files = readdirSync(state.path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
  assert.ok(files.length > 2);
  return texts.filter((text) => files.some((file) => file.includes(text)));
}

test('of a secret that is replaced or deleted, no file of Levee keeps anything', async (context) => {
  const state = newState(context);
  await done(state, ['import', '-'], first);
  const replaced = await kept(state);
  assert.deepEqual(foundIn(state, replaced), replaced);
  await done(state, ['import', '-'], second);
  const deleted = await kept(state);
  assert.deepEqual(foundIn(state, replaced), []);
  await done(
    state,
    ['import', '-'],
    'config system admin\ndelete bob\nend\nconfig log email-policy\npurge\nend\n',
  );
  assert.deepEqual(foundIn(state, [...replaced, ...deleted]), []);
});

test('what an earlier version has kept of replaced secrets is gone once this one has run', async (context) => {
  const state = newState(context);
  await done(state, ['import', '-'], first);
  const secrets = await kept(state);
  const database = new Database(join(state.path, 'levee.db'));
  database.exec(`
    UPDATE change SET fields = json_set(fields, '$.password', json_array(NULL, '${secrets[1]}'), '$.other', json('[1, ["a"]]'))
      WHERE path = 'system admin' AND kind = 'created';
    PRAGMA secure_delete = OFF;
    CREATE TABLE gone (text);
    INSERT INTO gone VALUES ('${secrets[0]}');
    DROP TABLE gone;
    PRAGMA user_version = 4;
  `);
  database.close();
  await done(state, ['import', '-'], second);
  assert.deepEqual(foundIn(state, secrets), []);
  const changed = new Database(join(state.path, 'levee.db'), { readonly: true });
  const fields = changed.prepare(
    "SELECT fields FROM change WHERE path = 'system admin' AND kind = 'created'",
  );
  const [bob] = fields.pluck().all().map(String);
  changed.close();
  assert.deepEqual(JSON.parse(bob ?? ''), {
    'access-profile': [null, 'prof_admin'],
    password: [null, '******'],
    other: [1, ['a']],
  });
});

test('nothing shows a secret that get conceals, as JSON either', async (context) => {
  const state = newState(context);
  await done(state, ['import', '-'], first);
  for (const path of ['system admin bob', 'log email-policy "on call"']) {
    for (const format of ['', ' | json', ' | grep a', ' | json | grep a']) {
      const shown = await done(state, ['-c', `get ${path}${format}`]);
      assert.match(shown, /password.*\*{6}/);
      assert.doesNotMatch(shown, /\$scrypt|\$aes/);
    }
  }
  const events = readFileSync(join(state.path, 'log', 'event.log'), 'utf8');
  assert.match(events, /cfgattr="password" old="" new="\*{6}"/);
  assert.doesNotMatch(events, /\$scrypt|\$aes/);
});
