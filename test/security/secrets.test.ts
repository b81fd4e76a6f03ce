import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { anyDestination, SecretKey } from '../../src/access/secret-key.ts';
import { openLevee, printed } from '../cli/in-process.ts';
import { mailReceiver } from '../logs/mail-receiver.ts';
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
async function kept(state: State, number = 2): Promise<readonly string[]> {
  const secrets = (await done(state, ['export'])).match(/\$(?:scrypt|aes256gcm)\S+/g) ?? [];
  assert.equal(secrets.length, number);
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

/** Makes revisions such as Levee had when they could not be gone back to. */
const withoutReversible =
  'DROP TABLE confirmation; DROP TABLE shared_configuration; DROP TABLE shared_row; ALTER TABLE revision DROP COLUMN comment; ALTER TABLE revision DROP COLUMN tables;';

test('what an earlier version has kept of replaced secrets is gone once this one has run', async (context) => {
  const state = newState(context);
  await done(state, ['import', '-'], first);
  const secrets = await kept(state);
  const database = new Database(join(state.path, 'levee.db'));
  database.exec(`
    ${withoutReversible}
    DROP TABLE change;
    CREATE TABLE change (revision INTEGER NOT NULL, row INTEGER NOT NULL, fields TEXT NOT NULL);
    INSERT INTO change VALUES (1, 1, json_object('password', json_array(NULL, '${secrets[1]}')));
    PRAGMA secure_delete = OFF;
    CREATE TABLE gone (text);
    INSERT INTO gone VALUES ('${secrets[0]}');
    DROP TABLE gone;
    PRAGMA user_version = 4;
  `);
  database.close();
  assert.deepEqual(foundIn(state, secrets.slice(0, 2)), secrets.slice(0, 2));
  await done(state, ['import', '-'], second);
  assert.deepEqual(foundIn(state, secrets), []);
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

const mail = `
config log email-policy
  edit "on call"
    set mailfrom levee@example.com
    set mailto1 oncall@example.com
    set smtp-server mail.example.com
    set smtp-auth enable
    set smtp-username levee
    set smtp-password "hunter two"
    set connection-security STARTTLS
  next
end
`;

/** The row as commands, with one of its lines changed. */
function changedLine(shown: string, from: RegExp, to: string): string {
  const changed = shown.replace(from, to);
  assert.notEqual(changed, shown);
  return changed;
}

const given = { server: 'smtp-server', port: 'smtp-port', user: 'smtp-username' } as const;

test('a password of a server is not sent to another server, port or user, nor with less security', async (context) => {
  const levee = openLevee(context);
  const [admin, eve] = [levee.as('admin'), levee.as('eve')];
  assert.equal(printed(await admin.import(mail)), '');
  const table = 'config log email-policy';
  for (const [field, value] of [
    [given.server, 'eve.example.com'],
    [given.port, '2525'],
    [given.user, 'eve'],
    ['connection-security', 'NONE'],
    ['verify-certificate', 'disable'],
  ]) {
    const lines = [table, 'edit "on call"', `set ${field} ${value}`];
    assert.equal(printed(await eve.type(...lines)), '');
    const refused = printed(await eve.type('next'));
    assert.match(refused, /^attribute 'smtp-password' must be set/);
    assert.ok(
      refused.includes(`"set smtp-password" in clear text, since it was given for another ${field}\n`),
      refused,
    );
    assert.equal(printed(await eve.type('set smtp-password "of my own"', 'next', 'end')), '');
    assert.equal(printed(await admin.import(`${table}\ndelete "on call"\nend\n${mail}`)), '');
    assert.match(
      printed(await eve.import(`${lines.join('\n')}\nnext\nend\n`)),
      /'smtp-password' must be set/,
    );
  }
  assert.equal(
    printed(
      await eve.type(
        table,
        'edit "on call"',
        'set mailto2 eve@example.com',
        'unset smtp-auth',
        'next',
        'end',
      ),
    ),
    '',
  );
});

test('what stands for a password after ENC is of use in no row that sends it elsewhere', async (context) => {
  const levee = openLevee(context);
  const [admin, eve] = [levee.as('admin'), levee.as('eve')];
  assert.equal(printed(await admin.import(mail)), '');
  const shown = await levee.show('show log email-policy');
  const renamed = changedLine(shown, /"on call"/, '"another"');
  assert.equal(printed(await eve.import(renamed)), '', 'it goes where it went before');
  for (const [from, to] of [
    [/mail\.example\.com/, 'eve.example.com'],
    [/STARTTLS/, 'NONE'],
    [/"levee"/, 'eve'],
    [/set smtp-auth/, 'set smtp-port 2525\nset smtp-auth'],
  ] as const) {
    for (const text of [
      changedLine(renamed, from, to),
      changedLine(changedLine(shown, /"on call"/, '"new"'), from, to),
    ]) {
      const refused = printed(await eve.import(text));
      assert.match(refused, /"set smtp-password" in clear text, since it was given for another /);
    }
  }
});

test('what stands for a password that is not saved yet is of use to nobody who sees it', async (context) => {
  const levee = openLevee(context);
  const [admin, eve] = [levee.as('admin'), levee.as('eve')];
  await admin.type(...mail.trim().split('\n').slice(0, -2));
  const { output } = await admin.type('show');
  const stolen = changedLine(output, /mail\.example\.com/, 'eve.example.com');
  assert.match(stolen, /ENC \$aes256gcm/);
  assert.match(printed(await eve.import(stolen)), /a secret of an entry that is saved/);
});

test('two who change a password and its server at the same time do not send it there', async (context) => {
  const levee = openLevee(context);
  const [admin, eve] = [levee.as('admin'), levee.as('eve')];
  assert.equal(printed(await admin.import(mail.replace(/set smtp-(?:auth|password) .*/g, ''))), '');
  const edit = ['config log email-policy', 'edit "on call"'];
  await eve.type(...edit, 'set smtp-server eve.example.com');
  assert.equal(printed(await admin.type(...edit, 'set smtp-password "hunter two"', 'next', 'end')), '');
  assert.match(printed(await eve.type('next')), /'smtp-password' must be set/);
});

test('passwords that an earlier version has sealed still open, and for their server alone from then on', async (context) => {
  const state = newState(context);
  const { port, mails } = await mailReceiver(context, { password: 'hunter two' });
  const toReceiver = mail
    .replace('mail.example.com', `127.0.0.1\nset smtp-port ${port}`)
    .replace('STARTTLS', 'NONE');
  await done(state, ['import', '-'], toReceiver);
  const [present = ''] = await kept(state, 1);
  const early = SecretKey.ofFile(join(state.path, 'secret.key')).seal('hunter two', anyDestination);
  const database = new Database(join(state.path, 'levee.db'));
  database.prepare('UPDATE row SET fields = replace(fields, ?, ?)').run(present, early);
  database.exec(`${withoutReversible} DROP TABLE seal; DROP TABLE fitted; PRAGMA user_version = 3`);
  database.close();
  const [settled = ''] = await kept(state, 1);
  assert.notEqual(settled, early);
  assert.deepEqual(foundIn(state, [early]), []);
  const imported = async (sealed: string, server: string): Promise<number | null> => {
    const text = toReceiver.replace('"on call"', '"other"').replace('"hunter two"', `ENC ${sealed}`);
    return (await state.here(['import', '-'], text.replace('127.0.0.1', server))).status;
  };
  assert.equal(await imported(settled, '127.0.0.1'), 0);
  assert.equal(await imported(settled, '127.0.0.2'), 1);
  assert.equal(
    await imported(early, '127.0.0.1'),
    1,
    'not even for its own, since nothing says which that is',
  );
  // From then on what administrators do is mailed.
  const informed = 'config log email-policy\nedit "on call"\nset severity information\nnext\nend\n';
  const alerts = 'config log alertMail\nset status enable\nset email-policy "on call"\nend\n';
  await done(state, ['import', '-'], `${informed}${alerts}`);
  assert.deepEqual(
    mails.map(({ user }) => user),
    ['levee'],
  );
});
