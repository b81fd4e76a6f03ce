import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import { RemoteSession } from '../../src/doors/socket/remote-session.ts';
import { Store } from '../../src/store/store.ts';
import type { View } from '../../src/store/view.ts';
import { localOrigin, noCredentials } from '../../src/system/login.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import { rounds } from '../campaign.ts';
import { newState, type State } from '../running/levee.ts';

const catalogue = await loadCatalogue();

/** What two administrators do without a pause, until the daemon is gone: a line each is one commit, or more. */
const works = [
  (round: number) =>
    `config log trigger-policy\nedit "t${round % 7}"\nnext\nrename "t${round % 7}" to "r${round}"\nend`,
  (round: number) =>
    `execute config-transaction start\nconfig waf layer4-connection-flood-check-rule\nedit "w${round % 5}"\nset layer4-connection-threshold ${round}\nnext\nmove "w${round % 5}" before "w0"\nend\nexecute config-transaction commit confirmed 1\nexecute config-transaction confirm`,
  (round: number) => `execute revision rollback ${Math.max(0, round - 1)}`,
  (round: number) =>
    `config log trigger-policy\ndelete "r${round - 3}"\nend\nconfig system global\nset hostname h${round}\nend`,
];

/** Calls `kill` some turns of this process behind the beginning of a command: the more rounds, the more places. */
async function work(state: State, first: number, kill: () => void): Promise<void> {
  const levee = await RemoteSession.connect(join(state.path, 'levee.sock'));
  try {
    const login = await levee.login(localOrigin('test', 'test'), noCredentials);
    if (!('session' in login)) return;
    for (let round = first; ; round += 1) {
      const line = works[round % works.length]?.(round) ?? '';
      const working = login.session.execute(line, () => undefined);
      if (round - first === 2 + (first % 11)) {
        for (let turn = first % 200; turn > 0; turn -= 1) await setImmediate();
        kill();
      }
      await working;
    }
  } catch {
    // The daemon is gone: that is what it is about.
  } finally {
    levee.close();
  }
}

/** All rows, as they can be compared. */
function contentOf(view: View): unknown[] {
  return catalogue.tables.flatMap((table) =>
    view
      .rows(table.id, null)
      .map(({ id, key, fields, predefined }) => [table.id, id, key, [...fields].sort(), predefined]),
  );
}

suite('a daemon that is killed while it commits', () => {
  test('starts again with one revision whole, and with all of its history', async (context) => {
    const state = newState(context);
    let last = 0;
    for (let round = 0; round < rounds(2, 200); round += 1) {
      const daemon = await state.daemon();
      await work(state, round * 37, () => daemon.child.kill('SIGKILL'));
      await daemon.ended;
      // Opening it checks that it holds what was sealed with its last revision.
      const store = new Store(join(state.path, 'levee.db'), catalogue);
      try {
        const { history, stored, present } = store;
        assert.ok(stored.revision >= last, 'no revision is lost');
        last = stored.revision;
        const { past } = atOnce(present.to(history.oldest));
        const back = atOnce(past.to(stored.revision)).draft;
        assert.deepEqual(contentOf(back), contentOf(stored), 'the history leads to what is there');
        const changes = history.list(Number.MAX_SAFE_INTEGER).map(({ number }) => number);
        assert.deepEqual(
          changes,
          Array.from({ length: changes.length }, (_, index) => last - index),
        );
        const awaited = store.confirmation.get();
        assert.ok(awaited === undefined || awaited.revision === last, 'what waits is what is in force');
      } finally {
        store.close();
      }
    }
    assert.ok(last > 0, 'something was committed');
  });
});
