import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import type { RowId } from '../../schemas/content.ts';
import { Draft } from '../../src/store/draft.ts';
import { Store } from '../../src/store/store.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { newState, policyText, type State } from '../running/levee.ts';

const remedy = /: "levee recover --database" puts the last good copy in its place[\n;]/;

/** A state with a configuration, and that as it is exported. */
async function configured(state: State): Promise<string> {
  const { status, stderr } = await state.here(['import', '-'], policyText(18_080, 18_081, 10));
  assert.equal(status, 0, stderr);
  return exported(state);
}

async function exported(state: State): Promise<string> {
  const { status, stdout, stderr } = await state.here(['export', '--full']);
  return status === 0 ? stdout : stderr;
}

test('a database in which a byte has changed does not open with another configuration', async (context) => {
  const state = newState(context);
  const before = await configured(state);
  const database = join(state.path, 'levee.db');
  const bytes = readFileSync(database);
  const used = [...bytes.keys()].filter((offset) => bytes[offset] !== 0);
  await fc.assert(
    fc.asyncProperty(fc.nat(used.length - 1), fc.integer({ min: 1, max: 255 }), async (place, change) => {
      const changed = Buffer.from(bytes);
      const offset = used[place] ?? 0;
      changed[offset] = (bytes[offset] ?? 0) ^ change;
      writeFileSync(database, changed);
      const after = await exported(state);
      assert.ok(after === before || after.startsWith(`levee: ${database}`), `byte ${offset}: ${after}`);
    }),
    { numRuns: rounds(25, 400) },
  );
});

test('a database that is damaged, empty or missing is not begun anew, and comes back from its copy', async (context) => {
  const state = newState(context);
  const before = await configured(state);
  const database = join(state.path, 'levee.db');
  const harm: readonly ((bytes: Buffer) => void)[] = [
    (bytes) => writeFileSync(database, bytes.toString('latin1').replace('127.0.0.1', '127.0.0.2'), 'latin1'),
    () => writeFileSync(database, 'config system admin\n'),
    () => truncateSync(database),
    () => rmSync(database),
  ];
  for (const doHarm of harm) {
    doHarm(readFileSync(database));
    assert.match(await exported(state), remedy);
    assert.match((await state.here(['recover'])).stderr, remedy);
    const { status, stdout } = await state.here(['recover', '--database']);
    assert.equal(status, 0);
    assert.match(stdout, /levee\.db holds revision 1, which admin committed on /);
    assert.equal(await exported(state), before);
  }
  const { stderr } = await state.here(['recover', '--database']);
  assert.match(stderr, /is whole: there is nothing to put in its place\n$/);
});

test('what is beside a lost database stops the start: nobody is let in without a password', async (context) => {
  const state = newState(context);
  for (const trace of ['secret.key', 'history', 'history-anna', 'log/elog.log', 'levee.db-good']) {
    const file = join(state.path, trace);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, '');
    const { status, stderr } = await state.here(['-c', 'show']);
    assert.equal(status, 1);
    assert.match(
      stderr,
      new RegExp(`levee\\.db is missing, but .*${trace} is there: .*to begin anew, move `),
    );
    assert.ok(!existsSync(join(state.path, 'levee.db')));
    rmSync(file);
  }
  assert.equal((await state.here([], '')).status, 0);
});

test('a copy that is put in the place of the database is what is opened, whatever lies beside it', async (context) => {
  const state = newState(context);
  const before = await configured(state);
  const database = join(state.path, 'levee.db');
  const daemonWasKilled = state.start(['daemon']);
  await daemonWasKilled.printed('levee: running in');
  copyFileSync(database, `${database}-copy`);
  await state.here(['-c', 'config system global', '-c', 'set hostname later', '-c', 'end']);
  await daemonWasKilled.kill('SIGKILL');
  copyFileSync(`${database}-copy`, database);
  assert.equal(await exported(state), before);
  writeFileSync(`${database}-wal`, 'of a database that is gone');
  assert.match(
    await exported(state),
    /levee\.db-wal belongs to another database than .*levee\.db: remove it\n$/,
  );
});

test('what another Levee has stored, and this one does not know, is said and not guessed at', async (context) => {
  const state = newState(context);
  await configured(state);
  const database = join(state.path, 'levee.db');
  copyFileSync(database, `${database}-copy`);
  const catalogue = await loadCatalogue();
  const changes: Readonly<Record<string, (draft: Draft, vip: RowId) => void>> = {
    'there is no table "waf unheard-of"': (draft) => draft.create('waf unheard-of', null, 'a'),
    'system vip "web address": colour: there is no such field': (draft, vip) =>
      draft.set(vip, 'colour', 'red'),
    'system vip "web address": vip: it is not an IPv4 address': (draft, vip) =>
      draft.set(vip, 'vip', 'nowhere'),
    'system vip "web address": vip: one value is no list of values': (draft, vip) =>
      draft.set(vip, 'vip', ['::1/128']),
    'system vip "": it is no key': (draft) => draft.create('system vip', null, ''),
    'server-policy vserver vip-list "7": it is in no row that could hold it': (draft, vip) =>
      draft.create('server-policy vserver vip-list', vip, '7'),
  };
  for (const [said, change] of Object.entries(changes)) {
    const store = new Store(database, catalogue);
    store.checkFit(catalogue, 'another Levee');
    const draft = new Draft(store.stored);
    change(draft, store.stored.find('system vip', null, 'web address') ?? 0);
    store.commit(draft, { name: 'anna', origin: 'console' }, 0);
    store.close();
    const { status, stderr } = await state.here(['-c', 'show']);
    assert.equal(status, 1);
    assert.ok(stderr.includes(`levee.db: another Levee has written it (${said}`), stderr);
    copyFileSync(`${database}-copy`, database);
  }
});
