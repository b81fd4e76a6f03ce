import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { setImmediate, setTimeout } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import {
  type BatchOptions,
  type ReplyPart,
  type Session,
  strictBatch,
} from '../../src/cli/session/session.ts';
import { RemoteSession } from '../../src/doors/socket/remote-session.ts';
import { Store } from '../../src/store/store.ts';
import type { View } from '../../src/store/view.ts';
import { localOrigin, noCredentials } from '../../src/system/login.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import { isWhole, rounds, seed } from '../campaign.ts';
import { type LeveeProcess, newState, type State } from '../running/levee.ts';
import { randomFrom } from '../verdict/random.ts';

const catalogue = await loadCatalogue();

type Random = (bound: number) => number;

const start = 'execute config-transaction start';
const commit = 'execute config-transaction commit';
const rules = 'config waf layer4-connection-flood-check-rule';

/** What an administrator does without a pause: lines at a prompt, or a text that is to be the whole configuration. */
type Work = { readonly lines: string } | { readonly text: string; readonly options: Partial<BatchOptions> };

/** Some of it is refused where the name is gone, or something waits for its confirmation. */
const works: readonly ((round: number, random: Random) => Work)[] = [
  (round, random) => ({
    lines: `config log trigger-policy\nedit "t${random(7)}"\nnext\nrename "t${random(7)}" to "r${round}"\nend`,
  }),
  (round, random) => ({
    lines: `config log trigger-policy\ndelete "r${round - 3}"\nend\nconfig system global\nset hostname h${random(9)}\nend`,
  }),
  // Saved with the others, or not at all: w0 and w1 have the same threshold.
  (round, random) => ({
    lines: `${start}\n${rules}\nedit w0\nset layer4-connection-threshold ${round}\nnext\nedit w1\nset layer4-connection-threshold ${round}\nnext\nmove w${random(2)} before w${random(2)}\nend\n${commit}`,
  }),
  (round) => ({
    lines: `${start}\n${rules}\nedit "never ${round}"\nnext\nend`,
  }),
  (round, random) => ({
    lines: `${start}\n${rules}\nedit c${random(5)}\nset block-period ${1 + (round % 3600)}\nnext\nend\n${commit} confirmed 60 guard 9${random(2) === 0 ? '' : '\nexecute config-transaction confirm'}`,
  }),
  () => ({ lines: 'execute config-transaction confirm' }),
  (round, random) => ({ lines: `execute revision rollback ${random(round + 1)}` }),
  (round, random) => ({
    text: `${rules}\n${['w0', 'w1', `c${random(5)}`].map((key) => `edit ${key}\nset layer4-connection-threshold ${round}\nnext\n`).join('')}end\n`,
    options: { replace: true, comment: 'restore' },
  }),
];

const many = 100_000;

function manyRules(threshold: number): Work {
  const rows = Array.from(
    { length: many },
    (_, index) => `edit "big ${index}"\nset layer4-connection-threshold ${threshold}\nnext\n`,
  );
  return { text: `${rules}\n${rows.join('')}end\n`, options: {} };
}

/** The last revision of which somebody was told. */
function revisionIn(part: ReplyPart): number {
  const told =
    part.kind === 'output' ? /revision (\d+) (?:is transaction|brings|stands)/.exec(part.text) : null;
  return Number(told?.[1] ?? 0);
}

type Killing = {
  /** Commands before the one in which it is killed. */
  readonly before: number;
  readonly work: (round: number) => Work;
  readonly pause: () => Promise<unknown>;
};

/** Works, and has the daemon killed somewhere in the middle of it. Gives the last revision that it was told of. */
async function workUntilKilled(
  { path }: State,
  daemon: LeveeProcess,
  round: number,
  { before, work, pause }: Killing,
): Promise<number> {
  let told = 0;
  const emit = (part: ReplyPart): void => {
    told = Math.max(told, revisionIn(part));
  };
  const perform = (session: Session, wanted: Work): Promise<unknown> =>
    'lines' in wanted
      ? session.execute(wanted.lines, emit)
      : session.batch(
          [{ name: 'text', bytes: Buffer.from(wanted.text) }],
          { ...strictBatch, isImport: true, ...wanted.options },
          emit,
        );
  const levee = await RemoteSession.connect(join(path, 'levee.sock'));
  try {
    const login = await levee.login(localOrigin('test', 'test'), noCredentials);
    assert.ok('session' in login);
    for (let left = before; ; left -= 1) {
      // A transaction that was left open would take all that follows.
      await perform(levee, { lines: 'execute config-transaction abort' });
      const working = perform(levee, work(round));
      if (left === 0) {
        await pause();
        daemon.child.kill('SIGKILL');
      }
      await working;
    }
  } catch (error) {
    if (!daemon.child.killed) throw error;
  } finally {
    levee.close();
  }
  return told;
}

/** All rows, as they can be compared. */
function contentOf(view: View): unknown[] {
  return catalogue.tables.flatMap((table) =>
    view
      .rows(table.id, null)
      .map(({ id, key, fields, predefined }) => [table.id, id, key, [...fields].sort(), predefined]),
  );
}

function idsOf(view: View): ReadonlyMap<string, unknown> {
  const known = view.rows('waf layer4-connection-flood-check-rule', null);
  return new Map(known.map(({ key, fields }) => [key, fields.get('layer4-connection-threshold')]));
}

/** What the next daemon finds overdue. */
type Overdue = { readonly revision: number };

type Seen = { readonly last: number; readonly overdue: Overdue | undefined };

/** The database as a killed daemon has left it. */
function examine({ path }: State, before: Seen, told: number, random: Random): Seen {
  const file = join(path, 'levee.db');
  // Opening it checks that it holds what was sealed with its last revision.
  const store = new Store(file, catalogue);
  try {
    const { history, stored, present } = store;
    const last = stored.revision;
    assert.ok(last >= before.last, 'no revision is lost');
    assert.ok(last >= told, 'what was told is kept');
    const { past } = atOnce(present.to(history.oldest));
    const back = atOnce(past.to(last)).draft;
    assert.deepEqual(contentOf(back), contentOf(stored), 'the history leads to what is there');
    const revisions = history.list(Number.MAX_SAFE_INTEGER);
    assert.deepEqual(
      revisions.map(({ number }) => number),
      revisions.map((_, index) => last - index),
    );
    const ids = idsOf(stored);
    assert.deepEqual(ids.get('w0'), ids.get('w1'), 'a transaction is whole');
    const big = [...ids].filter(([key]) => key.startsWith('big '));
    assert.ok([0, many].includes(big.length), 'an import is whole');
    assert.equal(new Set(big.map(([, threshold]) => threshold)).size <= 1, true);
    assert.ok(![...ids.keys()].some((key) => key.startsWith('never ')), 'no transaction was open');
    if (before.overdue !== undefined) {
      const { revision } = before.overdue;
      assert.match(history.get(revision + 1)?.comment ?? '', /does not stand/, 'what was overdue came back');
      const { past: reverted } = atOnce(present.to(revision + 1));
      assert.ok(atOnce(reverted.to(revision - 1)).draft.isIdle, 'to what was before it');
    }
    const awaited = store.confirmation.get();
    if (awaited === undefined) return { last, overdue: undefined };
    assert.equal(awaited.revision, last, 'what waits is what is in force');
    return { last, overdue: random(2) === 0 ? undefined : { revision: last } };
  } finally {
    store.close();
  }
}

function makeOverdue({ path }: State): void {
  const database = new Database(join(path, 'levee.db'));
  database.prepare('UPDATE confirmation SET deadline = 1').run();
  database.close();
}

/** Turns of this process: each is as long as a part of a commit of the other. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await setImmediate();
}

async function campaign(
  context: TestContext,
  count: number,
  seed: number,
  killing: (random: Random) => Killing,
): Promise<void> {
  const state = newState(context);
  assert.equal((await state.here([], 'config system enforcer\nset workers 1\nend\n')).status, 0);
  const random = randomFrom(seed);
  let seen: Seen = { last: 1, overdue: undefined };
  for (let round = 1; round <= count; round += 1) {
    if (seen.overdue !== undefined) makeOverdue(state);
    // It may be killed when it has hardly begun: then it is overdue for the next one.
    if (round % 7 === 0) {
      const hasty = state.start(['daemon']);
      await turns(random(20_000));
      await hasty.kill('SIGKILL');
    }
    const daemon = await state.daemon();
    const told = await workUntilKilled(state, daemon, round, killing(random));
    await daemon.ended;
    try {
      seen = examine(state, seen, told, random);
    } catch (cause) {
      throw new Error(`seed ${seed}, round ${round}`, { cause });
    }
  }
}

suite('a daemon that is killed while it commits', { concurrency: 2 }, () => {
  const title = 'starts again with one revision whole, and with all of its history';
  for (const part of Array.from({ length: rounds(1, 5) }, (_, index) => index + 1)) {
    test(`${title} (${part})`, (context) =>
      campaign(context, rounds(2, 8), seed + part, (random) => ({
        before: random(9),
        work: (round) => works[random(works.length)]?.(round, random) ?? { lines: '' },
        pause: () => turns(random(1500)),
      })));
  }
  // An import that is killed sooner or later is looked at in import-killed.test.ts, too.
  if (isWhole) {
    test(`${title}, in an import of ${many} rules`, (context) =>
      campaign(context, 2, seed, (random) => ({
        before: 0,
        work: (round) => manyRules(round),
        pause: () => setTimeout(random(6000)),
      })));
  }
});
