import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { destinationOf } from '../../schemas/destination.ts';
import { noPermissions, type Permissions } from '../../src/access/permissions.ts';
import { clone } from '../../src/model/changes/clone.ts';
import { close } from '../../src/model/changes/close.ts';
import { commit, leaveOutObjected } from '../../src/model/changes/commit.ts';
import { edit } from '../../src/model/changes/edit.ts';
import { append, clear, unselect } from '../../src/model/changes/lists.ts';
import { move } from '../../src/model/changes/move.ts';
import { purge, remove } from '../../src/model/changes/remove.ts';
import { rename } from '../../src/model/changes/rename.ts';
import { set, unset } from '../../src/model/changes/set.ts';
import type { ModelFault, ModelFaults } from '../../src/model/fault.ts';
import type { Model } from '../../src/model/model.ts';
import { findTable } from '../../src/model/rows/find-table.ts';
import { openSingleton } from '../../src/model/rows/open-row.ts';
import { Draft } from '../../src/store/draft.ts';
import { catalogue, openLevee } from '../cli/in-process.ts';
import { modelOf, opened, tableOf } from './opening.ts';

type Desk = { readonly model: Model; readonly draft: Draft };

function desk(context: TestContext, permissions?: Permissions): Desk {
  const { configuration } = openLevee(context);
  return { model: modelOf(catalogue, configuration, permissions), draft: new Draft(configuration.view) };
}

const rules = 'waf layer4-connection-flood-check-rule';
const policies = 'server-policy policy';
const pools = 'server-policy server-pool';

/** What is told of each fault: its error, the word, the argument, and the nearest word where there is one. */
function told(faults: ModelFaults): unknown[] {
  return faults.map(({ error, word, argument, nearest }) =>
    nearest === undefined ? [error, word, argument] : [error, word, argument, nearest],
  );
}

function faultOf(result: object): ModelFaults {
  return 'fault' in result ? [result.fault as ModelFault] : [];
}

suite('a table is found by its path', () => {
  test('with the keys of the rows that hold a sub-table', (context) => {
    const { model, draft } = desk(context);
    const pool = opened(model, draft, tableOf(model, draft, pools), 'web');
    const members = tableOf(model, pool.draft, `${pools} pserver-list`, 'web');
    assert.deepEqual([members.table.id, members.parent], [`${pools} pserver-list`, pool.row]);
  });

  test('or it is said which argument is wrong', (context) => {
    const { model, draft } = desk(context);
    const wrong = (path: string, ...keys: string[]) => told(faultOf(findTable(model, draft, path, keys)));
    assert.deepEqual(wrong('waf ip-lst'), [['unknown-word', 'waf ip-lst', 'table', 'waf ip-list']]);
    assert.deepEqual(wrong(`${pools} members`, 'web'), [
      ['unknown-word', `${pools} members`, 'table', `${pools} pserver-list`],
    ]);
    assert.deepEqual(wrong(`${pools} pserver-list`), [['incomplete', '', 'key']]);
    assert.deepEqual(wrong(`${pools} pserver-list`, 'web'), [['not-found', 'web', 'key']]);
    const stranger = desk(context, noPermissions);
    assert.deepEqual(told(faultOf(findTable(stranger.model, stranger.draft, rules))), [
      ['permission', 'wafgrp', 'table'],
    ]);
  });
});

suite('an entry', () => {
  test('is opened, filled, closed and committed', async (context) => {
    const { model, draft } = desk(context);
    const table = tableOf(model, draft, rules);
    const rule = opened(model, draft, table, 'limit');
    assert.deepEqual(await set(model, rule, 'layer4-connection-threshold', ['10']), []);
    assert.deepEqual(await set(model, rule, 'action', ['alert_deny']), []);
    assert.deepEqual(unset(model, rule, 'action'), []);
    assert.deepEqual(close(model, rule, draft), []);
    assert.deepEqual(commit(model, draft).faults, []);
    const { view } = model.configuration;
    const id = view.find(rules, null, 'limit');
    assert.ok(id !== undefined);
    assert.deepEqual([...(view.row(id)?.fields ?? [])], [['layer4-connection-threshold', 10]]);
  });

  test('of the number 0 is the next free one', (context) => {
    const { model, draft } = desk(context);
    const pool = opened(model, draft, tableOf(model, draft, pools), 'web');
    const members = tableOf(model, pool.draft, `${pools} pserver-list`, 'web');
    close(model, opened(model, pool.draft, members, '7'), pool.draft);
    pool.draft.merge(opened(model, pool.draft, members, '7').draft);
    const edited = edit(model, pool.draft, members, '0');
    assert.ok('key' in edited);
    assert.deepEqual([edited.key, edited.isNew], ['8', true]);
  });

  test('takes what fits, and says which value does not', async (context) => {
    const { model, draft } = desk(context);
    const rule = opened(model, draft, tableOf(model, draft, rules), 'limit');
    const wrong = async (field: string, ...values: string[]) => told(await set(model, rule, field, values));
    assert.deepEqual(await wrong('layer4-connection-threshold', '70000'), [['invalid-value', '70000', 0]]);
    assert.deepEqual(await wrong('layer4-connection-threshold', '7', 'x'), [['unknown-word', 'x', 1]]);
    assert.deepEqual(await wrong('layer4-connection-threshold'), [['incomplete', '', 0]]);
    assert.deepEqual(await wrong('acton', 'alert'), [['unknown-word', 'acton', 'field', 'action']]);
    assert.deepEqual(await wrong('action', 'alert_den'), [['invalid-value', 'alert_den', 0, 'alert_deny']]);
    assert.deepEqual(
      await wrong('action', 'al'),
      [['invalid-value', 'al', 0]],
      'an abbreviation is for whoever types, and this one is of two',
    );
    assert.deepEqual(await wrong('trigger-policy', 'none'), [['not-found', 'none', 0]]);
    assert.deepEqual(draft.isEmpty, true);
  });

  test('is not closed while something must be set', async (context) => {
    const { model, draft } = desk(context);
    const policy = opened(model, draft, tableOf(model, draft, policies), 'web');
    const missing = close(model, policy, draft).map(({ error, word }) => [error, word]);
    assert.ok(missing.length > 0 && missing.every(([error]) => error === 'must-be-set'));
    assert.equal(draft.find(policies, null, 'web'), undefined);
    const [, name = ''] = missing[0] ?? [];
    assert.equal((await set(model, policy, name, ['nowhere'])).length, 1);
    assert.ok(
      close(model, policy, draft).some(({ word }) => word === name),
      'also when it was set to nothing',
    );
  });

  test('is copied, renamed, moved and removed', (context) => {
    const { model, draft } = desk(context);
    const table = tableOf(model, draft, rules);
    for (const key of ['a', 'b']) close(model, opened(model, draft, table, key), draft);
    const keys = (): string[] => draft.rows(rules, null).map(({ key }) => key);
    assert.deepEqual(clone(model, draft, table, 'a', 'c'), []);
    assert.deepEqual(rename(model, draft, table, 'b', 'd'), []);
    assert.deepEqual(move(model, draft, table, 'c', 'before', 'a'), []);
    assert.deepEqual(keys(), ['c', 'a', 'd']);
    assert.deepEqual(told(rename(model, draft, table, 'b', 'e')), [['not-found', 'b', 'key', 'a']]);
    assert.deepEqual(told(rename(model, draft, table, 'a', 'd')), [['exists', 'd', 'name']]);
    assert.deepEqual(told(clone(model, draft, table, 'a', '')), [['invalid-value', '', 'name']]);
    assert.deepEqual(told(move(model, draft, table, 'a', 'after', 'x')), [['not-found', 'x', 'other', 'a']]);
    assert.deepEqual(remove(model, draft, table, 'a'), []);
    assert.deepEqual(keys(), ['c', 'd']);
    assert.deepEqual(purge(model, draft, table), []);
    assert.deepEqual(keys(), []);
  });

  test('that others refer to stays, and with it all that a purge would take', async (context) => {
    const { model, draft } = desk(context);
    const table = tableOf(model, draft, rules);
    for (const key of ['free', 'used']) close(model, opened(model, draft, table, key), draft);
    const preventions = tableOf(model, draft, 'waf application-layer-dos-prevention');
    const prevention = opened(model, draft, preventions, 'p');
    assert.deepEqual(await set(model, prevention, 'layer4-connection-flood-check-rule', ['used']), []);
    assert.deepEqual(close(model, prevention, draft), []);
    const [fault] = remove(model, draft, table, 'used');
    assert.deepEqual([fault?.error, fault?.argument], ['in-use', 'key']);
    assert.match(fault?.expected ?? '', /^used by waf application-layer-dos-prevention "p"/);
    assert.deepEqual(told(purge(model, draft, table)), [['in-use', 'used', undefined]]);
    assert.deepEqual(
      draft.rows(rules, null).map(({ key }) => key),
      ['free', 'used'],
    );
  });

  test('that is predefined can be neither opened nor made anew', (context) => {
    const { model, draft } = desk(context);
    const profiles = tableOf(model, draft, 'system accprofile');
    assert.deepEqual(told(faultOf(edit(model, draft, profiles, 'prof_admin'))), [
      ['read-only', 'prof_admin', 'key'],
    ]);
    assert.deepEqual(told(remove(model, draft, profiles, 'prof_admin')), [
      ['read-only', 'prof_admin', 'key'],
    ]);
  });
});

test('a list is added to, taken from and emptied', async (context) => {
  const { model, draft } = desk(context);
  const policy = opened(model, draft, tableOf(model, draft, policies), 'web');
  const list = 'proxy-protocol-from';
  const held = () => policy.draft.row(policy.row)?.fields.get(list);
  assert.deepEqual(append(model, policy, list, ['192.0.2.1', '192.0.2.2', '192.0.2.1']), []);
  assert.deepEqual(held(), ['192.0.2.1', '192.0.2.2']);
  assert.deepEqual(told(append(model, policy, list, ['192.0.2.3', 'x'])), [['not-an-address', 'x', 1]]);
  assert.deepEqual(told(unselect(model, policy, list, ['192.0.2.9'])), [
    ['not-found', '192.0.2.9', 0, '192.0.2.1'],
  ]);
  assert.deepEqual(unselect(model, policy, list, ['192.0.2.1']), []);
  assert.deepEqual(held(), ['192.0.2.2']);
  assert.deepEqual(clear(model, policy, list), []);
  assert.equal(held(), undefined);
  assert.deepEqual(told(append(model, policy, 'status', ['enable'])), [['no-list', 'status', 'field']]);
});

suite('a secret', () => {
  test('is kept in another form than it was given', async (context) => {
    const { model, draft } = desk(context);
    const mail = opened(model, draft, tableOf(model, draft, 'log email-policy'), 'm');
    assert.deepEqual(await set(model, mail, 'smtp-password', ['clear text']), []);
    const kept = mail.draft.row(mail.row)?.fields.get('smtp-password');
    assert.ok(typeof kept === 'string');
    assert.ok(model.secretKey.isHeld(kept) && !kept.includes('clear text'));
    assert.deepEqual(told(await set(model, mail, 'smtp-password', ['ENC'])), [['incomplete', '', 1]]);
  });

  test('is sealed for where its row sends it when that is committed, and can be changed on where it is not', async (context) => {
    const { model, draft } = desk(context);
    const mail = opened(model, draft, tableOf(model, draft, 'log email-policy'), 'm');
    const values = { mailfrom: 'a@example.com', mailto1: 'b@example.com', 'smtp-server': 'mail.example.com' };
    for (const [field, value] of Object.entries(values)) await set(model, mail, field, [value]);
    await set(model, mail, 'smtp-password', ['clear text']);
    await set(model, mail, 'smtp-auth', ['enable']);
    assert.deepEqual(close(model, mail, draft), []);
    assert.deepEqual(told(commit(model, draft).faults), [['must-be-set', 'smtp-username', undefined]]);
    draft.set(mail.row, 'smtp-username', 'levee');
    assert.deepEqual(commit(model, draft).faults, []);
    const [row] = model.configuration.view.rows('log email-policy', null);
    assert.ok(row !== undefined);
    const destination = destinationOf(mail.table, 'smtp-password', row.fields);
    const kept = String(row.fields.get('smtp-password'));
    assert.deepEqual(model.secretKey.open(kept, destination), { clearText: 'clear text' });
    const again = opened(model, model.configuration.view, tableOf(model, draft, 'log email-policy'), 'm');
    assert.deepEqual(await set(model, again, 'smtp-password', ['ENC', kept]), []);
    assert.deepEqual(close(model, again, new Draft(model.configuration.view)), []);
    again.draft.set(again.row, 'smtp-port', 26);
    const faults = [['must-be-set', 'smtp-password', undefined]];
    assert.deepEqual(told(close(model, again, new Draft(model.configuration.view))), faults);
    assert.deepEqual(told(commit(model, again.draft).faults), faults);
  });

  test('that is a password follows its rules', async (context) => {
    const { model, draft } = desk(context);
    const admin = opened(model, draft, tableOf(model, draft, 'system admin'), 'anna-maria');
    assert.deepEqual(told(await set(model, admin, 'password', ['short'])), [['invalid-value', 'short', 0]]);
    assert.equal((await set(model, admin, 'password', ['Anna-Maria'])).length, 1);
    assert.deepEqual(await set(model, admin, 'password', ['long enough']), []);
  });
});

test('a script is checked, and the place of a mistake is one in its text', async (context) => {
  const { model, draft } = desk(context);
  const script = opened(model, draft, tableOf(model, draft, 'server-policy scripting'), 's');
  const text = 'when TCP_ACCEPTD { }\n';
  const [fault] = await set(model, script, 'script', [text]);
  assert.equal(fault?.error, 'invalid-script');
  assert.deepEqual([fault?.argument, fault?.nearest], [0, 'TCP_ACCEPTED']);
  const { offset = 0, length = 0 } = fault?.within ?? {};
  assert.equal(text.slice(offset, offset + length), 'TCP_ACCEPTD');
});

test('who may not write a table changes nothing of it', async (context) => {
  const { model: all, draft } = desk(context);
  const table = tableOf(all, draft, rules);
  close(all, opened(all, draft, table, 'a'), draft);
  const reader: Model = { ...all, permissions: { ...noPermissions, wafgrp: 'r' } };
  const forbidden = [['permission', 'wafgrp', undefined]];
  const row = opened(reader, draft, table, 'a');
  assert.deepEqual(told(await set(reader, row, 'action', ['alert'])), forbidden);
  assert.deepEqual(told(unset(reader, row, 'action')), forbidden);
  assert.deepEqual(told(remove(reader, draft, table, 'a')), forbidden);
  assert.deepEqual(told(purge(reader, draft, table)), forbidden);
  assert.deepEqual(told(rename(reader, draft, table, 'a', 'b')), forbidden);
  assert.deepEqual(told(clone(reader, draft, table, 'a', 'b')), forbidden);
  assert.deepEqual(told(move(reader, draft, table, 'a', 'after', 'a')), forbidden);
  assert.deepEqual(told(faultOf(edit(reader, draft, table, 'b'))), [['permission', 'wafgrp', 'key']]);
});

suite('a commit', () => {
  test('that another author has made in between is named', async (context) => {
    const { model, draft } = desk(context);
    const other = new Draft(model.configuration.view);
    const mine = opened(model, draft, tableOf(model, draft, rules), 'a');
    const theirs = opened(model, other, tableOf(model, other, rules), 'a');
    close(model, theirs, other);
    assert.deepEqual(commit({ ...model, author: { name: 'bert', origin: 'test' } }, other).faults, []);
    close(model, mine, draft);
    const [fault] = commit(model, draft).faults;
    assert.equal(fault?.error, 'conflict');
    assert.match(fault?.expected ?? '', /bert created it/);
  });

  test('is refused for what can not stand together, and can be made without it', async (context) => {
    const { model, draft } = desk(context);
    const alert = openSingleton(draft, catalogue.get('log alertMail'), null);
    assert.deepEqual(await set(model, alert, 'status', ['enable']), []);
    assert.deepEqual(close(model, alert, draft), []);
    assert.deepEqual(told(commit(model, draft).faults), [['must-be-set', 'email-policy', undefined]]);
    assert.deepEqual(leaveOutObjected(model, draft), [], 'only new entries are left out');
    assert.equal(model.configuration.view.revision, 0);
  });
});
