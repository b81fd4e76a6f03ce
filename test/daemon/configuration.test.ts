import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { isLock, takeLock } from '../../src/daemon/state/lock.ts';
import { openStateDirectory } from '../../src/daemon/state/state-directory.ts';
import type { Snapshot } from '../../src/policy/snapshot.ts';
import { Draft } from '../../src/store/draft.ts';
import { openLevee, printed } from '../cli/in-process.ts';
import { temporaryFolder } from '../running/folder.ts';
import { openDatabaseFile } from '../store/database-file.ts';

suite('a commit', () => {
  test('that SQLite refuses is an error, changes nothing, and may be tried again', async (context) => {
    const file = openDatabaseFile(context);
    const levee = openLevee(context, file.path);
    file.execute(`CREATE TRIGGER full BEFORE INSERT ON revision BEGIN SELECT RAISE(ABORT, 'no room'); END`);
    const anna = levee.as('anna');
    const lines = ['config log trigger-policy', 'edit "a"', 'next'];
    const reply = await anna.type(...lines);
    assert.equal(
      printed(reply),
      `the configuration could not be saved
    next
    ^^^^ no room; nothing has changed
Command fail. Return code 10`,
    );
    assert.equal(reply.outcome.prompt, 'Levee (a) # ', 'the row is still open');
    const batch = await levee.as('bert').import(`${lines.join('\n')}\nend\n`);
    assert.match(printed(batch), /^the configuration could not be saved\n {4}no room; nothing has changed\n/);
    assert.deepEqual([batch.outcome.status, batch.notices], [1, '1 error: nothing was applied\n']);
    assert.equal(levee.configuration.view.revision, 0);
    file.execute('DROP TRIGGER full');
    assert.equal(printed(await anna.type('next', 'end')), '');
    assert.match(await levee.show(), /edit "a"/);
  });

  test('goes on to the data plane, if it changes anything', async (context) => {
    const levee = openLevee(context);
    const applied: Snapshot[] = [];
    const { configuration } = levee;
    const apply = async ({ snapshot }: { readonly snapshot: Snapshot }): Promise<readonly string[]> => {
      applied.push(snapshot);
      return [];
    };
    configuration.drive(apply, async () => undefined, configuration.compiled.settings);
    const anna = levee.as('anna');
    await anna.type('config system global', 'set hostname fw1', 'end');
    assert.deepEqual(
      applied.map(({ revision, deviceName }) => [revision, deviceName]),
      [[1, 'fw1']],
    );
    await anna.type('config system global', 'set hostname fw1', 'end');
    await anna.type('config log trigger-policy', 'edit "a"', 'abort');
    await anna.import('config system global\nset hostname fw2\nend\nfrob\n');
    await anna.import('config system global\nset hostname fw2\nend\n', { check: true });
    assert.equal(applied.length, 1);
  });

  test('is answered only when the data plane runs it', async (context) => {
    const levee = openLevee(context);
    const { configuration } = levee;
    const inForce = Promise.withResolvers<readonly string[]>();
    configuration.drive(
      () => inForce.promise,
      async () => undefined,
      configuration.compiled.settings,
    );
    let answered = false;
    const answer = levee.as('anna').import('config system global\nset hostname fw1\nend\n');
    void answer.then(() => {
      answered = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(answered, false);
    inForce.resolve(['something waits']);
    const { outcome, notices } = await answer;
    assert.deepEqual([outcome.status, notices], [0, 'something waits\n']);
  });

  test('of settings that only a start takes over says so', async (context) => {
    const levee = openLevee(context);
    const { configuration } = levee;
    const anna = levee.as('anna');
    const lines = ['config system enforcer', 'set workers 3', 'end'];
    assert.equal((await anna.type(...lines)).notices, '', 'nothing runs');
    configuration.drive(
      async () => [],
      async () => undefined,
      configuration.compiled.settings,
    );
    const unchanged = await anna.type('config system enforcer', 'set workers 3', 'end');
    assert.equal(unchanged.notices, 'nothing has changed: there is no new revision\n');
    const waits = '"system enforcer": the running enforcer takes it over when it starts again\n';
    const text = 'config system enforcer\nset workers 4\nend\n';
    const tried = await anna.import(text, { check: true, changes: 'lines' });
    assert.equal(tried.notices, waits, 'a check says it too');
    const release = configuration.hold({
      draft: new Draft(configuration.view),
      by: 'bob',
      reason: 'bob works alone',
    });
    const held = await anna.import(text, { check: true, changes: 'lines' });
    release();
    assert.match(held.notices, /^it can't be committed for now: .*bob/);
    const { notices } = await anna.type('config system enforcer', 'set workers 4', 'end');
    assert.equal(notices, waits);
    const other = await anna.type('config system global', 'set hostname fw1', 'end');
    assert.equal(other.notices, '', 'it was told');
    const more = await anna.type('config system enforcer', 'set workers 5', 'end');
    assert.equal(more.notices, waits);
    const back = await anna.type('config system enforcer', 'set workers 3', 'end');
    assert.equal(back.notices, '', 'as it was started');
  });
});

suite('the lock', () => {
  test('is held by one, says by whom, and can be taken again', (context) => {
    const file = join(temporaryFolder(context), 'levee.lock');
    const first = takeLock(file, 'the first');
    assert.ok(isLock(first));
    const second = takeLock(file, 'the second');
    assert.deepEqual(second, { description: `process ${process.pid} (the first)` });
    first.release();
    const third = takeLock(file, 'the third');
    assert.ok(isLock(third));
    third.release();
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });
});

suite('the state directory', () => {
  const mode = (path: string): number => statSync(path).mode & 0o777;

  test('is the one chosen, else of the environment, else below the home', (context) => {
    const folder = temporaryFolder(context);
    const at = (name: string): string => join(folder, name);
    const environment = { LEVEE_STATE_DIR: at('own'), XDG_STATE_HOME: at('shared') };
    assert.equal(openStateDirectory(at('chosen'), environment).path, at('chosen'));
    assert.equal(openStateDirectory(undefined, environment).path, at('own'));
    assert.equal(openStateDirectory(undefined, { XDG_STATE_HOME: at('shared') }).path, at('shared/levee'));
    assert.equal(
      openStateDirectory(undefined, { LEVEE_STATE_DIR: '', XDG_STATE_HOME: at('x') }).path,
      at('x/levee'),
    );
  });

  test('is closed to others, even where it was open', (context) => {
    const folder = join(temporaryFolder(context), 'state');
    mkdirSync(folder, { mode: 0o755 });
    const state = openStateDirectory(folder, {});
    assert.deepEqual([mode(folder), mode(state.log)], [0o700, 0o700]);
  });
});
