import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, statSync, watch, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { nothingChanged } from '../../src/cli/session/messages.ts';
import { isWhole } from '../campaign.ts';
import { until } from '../running/condition.ts';
import { type LeveeProcess, newState, type State } from '../running/levee.ts';
import { DatabaseFile } from '../store/database-file.ts';

const before = 50;
const after = isWhole ? 3000 : 1000;

function rules(count: number, threshold: number): string {
  const rows = Array.from(
    { length: count },
    (_, index) =>
      `edit "rule ${index}"\nset layer4-connection-threshold ${threshold}\nset trigger-policy "mail"\nnext\n`,
  );
  return `config log trigger-policy\nedit "mail"\nnext\nend\nconfig waf layer4-connection-flood-check-rule\n${rows.join('')}end\n`;
}

type Setting = {
  readonly state: State;
  readonly big: string;
  readonly database: string;
};

async function setUp(context: TestContext): Promise<Setting> {
  const state = newState(context);
  assert.equal((await state.here([], rules(before, 1))).status, 0);
  const big = join(state.path, '..', 'big.conf');
  mkdirSync(join(state.path, '..'), { recursive: true });
  writeFileSync(big, rules(after, 2));
  const database = join(state.path, 'levee.db');
  return { state, big, database };
}

/** What the database holds: which of the two configurations, whole. */
function held(database: string): 'before' | 'after' {
  const file = new DatabaseFile(database);
  try {
    assert.deepEqual(file.faults, []);
    const { rows, thresholds, links, revisions } = file.counts();
    if (rows === before) {
      assert.deepEqual([thresholds, links, revisions], [`${before} of 1`, before, 1]);
      return 'before';
    }
    assert.deepEqual([rows, thresholds, links, revisions], [after, `${after} of 2`, after, 2]);
    return 'after';
  } finally {
    file.close();
  }
}

/** Of the database, and of what SQLite keeps to undo what is not committed. */
function size(database: string): number {
  return [database, `${database}-journal`].reduce(
    (sum, file) => sum + (statSync(file, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** Resolves when there is so much of it, or the process is over. */
async function grown(database: string, bytes: number, { ended }: LeveeProcess): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = (): void => {
    if (size(database) >= bytes) resolve();
  };
  const watcher = watch(dirname(database), look);
  look();
  await Promise.race([promise, ended]);
  watcher.close();
}

function isImporting(lock: string, { child }: LeveeProcess): boolean {
  return existsSync(lock) && readFileSync(lock, 'utf8').startsWith(`process ${child.pid} `);
}

suite('an import that is killed leaves one configuration or the other, whole', { concurrency: 2 }, () => {
  /** Bytes that SQLite has written when it is killed. */
  for (const written of isWhole ? [0, 1, 100_000, 400_000, 700_000] : [160_000]) {
    const when = written === 0 ? 'while it is checked' : `when ${written} bytes are written`;
    test(when, async (context) => {
      const { state, big, database } = await setUp(context);
      const base = size(database);
      const importing = state.start(['import', big]);
      const lock = join(state.path, 'levee.lock');
      await until('it has begun', () => isImporting(lock, importing) || importing.isOver);
      await grown(database, base + written, importing);
      await importing.kill('SIGKILL');
      const found = held(database);
      if (written === 0) assert.equal(found, 'before');
      const { status, stdout } = await state.here([
        '-c',
        'show waf layer4-connection-flood-check-rule "rule 0"',
      ]);
      assert.equal(status, 0);
      assert.match(stdout, new RegExp(`threshold ${found === 'before' ? 1 : 2}\n`));
      const again = await state.here(['import', big]);
      const notice = found === 'before' ? '' : `${nothingChanged}\n`;
      assert.deepEqual([again.status, again.stderr], [0, notice]);
      assert.equal(held(database), 'after');
    });
  }

  test('when it is the daemon that is killed, and the client is told', async (context) => {
    const { state, big, database } = await setUp(context);
    const daemon = await state.daemon();
    const base = size(database);
    const importing = state.start(['import', big]);
    await grown(database, base + 1, importing);
    await daemon.kill('SIGKILL');
    const { status, stderr } = await importing.ended;
    const found = held(database);
    if (status !== 0) assert.deepEqual([status, stderr], [1, 'levee: Levee has ended the session\n']);
    else assert.equal(found, 'after', 'what was said to be done is there');
    const shown = await state.here(['-c', 'show log trigger-policy']);
    assert.equal(shown.status, 0);
  });
});
