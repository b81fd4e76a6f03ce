import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { StoredBlock } from '../../src/store/blocks.ts';
import { Draft } from '../../src/store/draft.ts';
import { Store } from '../../src/store/store.ts';
import { openDatabaseFile } from './database-file.ts';
import { smallCatalogue, subTables } from './small-catalogue.ts';

const author = { name: 'anna', origin: 'console' };

/** A store with a policy. */
function opened(context: TestContext): {
  readonly store: Store;
  readonly policy: number;
  readonly faults: () => unknown;
  reopened(): Store;
} {
  const file = openDatabaseFile(context);
  let store = new Store(file.path, smallCatalogue);
  context.after(() => store.close());
  const draft = new Draft(store.stored);
  draft.create('thing', null, 'web');
  store.commit(draft, author, 0);
  const policy = store.stored.find('thing', null, 'web') ?? -1;
  return {
    store,
    policy,
    faults: () => file.faults,
    reopened: () => {
      store.close();
      store = new Store(file.path, smallCatalogue);
      return store;
    },
  };
}

function blockOf(policy: number, source: string, until: number): StoredBlock {
  return { policy, source, prefix: 32, reason: 'connections', since: 1, until };
}

test('blocks are kept over a restart, move their ends, and go with their policy', (context) => {
  const { store: first, policy, reopened, faults } = opened(context);
  const blocks: readonly StoredBlock[] = [
    { policy, source: '2001:db8::', prefix: 64, reason: 'black-ip', since: 5, until: 2000 },
    blockOf(policy, '192.0.2.1', 1000),
  ];
  first.blocks.save([...blocks, blockOf(999, '192.0.2.9', 1000)]);
  const second = reopened();
  assert.deepEqual(second.blocks.page(null, 10), blocks);
  const moved: StoredBlock = { ...blockOf(policy, '2001:db8::', 500), prefix: 64, since: 7 };
  second.blocks.save([moved]);
  second.blocks.remove([{ policy, source: '192.0.2.1', prefix: 32 }]);
  assert.deepEqual(second.blocks.page(null, 10), [moved]);

  const removal = new Draft(second.stored);
  removal.delete(policy, subTables);
  second.commit(removal, author, 0);
  assert.deepEqual(second.blocks.page(null, 10), []);
  assert.deepEqual(faults(), []);
});

test('blocks come page by page, the last to end first', (context) => {
  const { store, policy } = opened(context);
  const blocks = Array.from({ length: 25 }, (_, index) =>
    blockOf(policy, `192.0.2.${100 + index}`, 1000 + (index >> 2)),
  );
  store.blocks.save(blocks);
  const pages: StoredBlock[][] = [];
  let page = store.blocks.page(null, 10);
  for (; page.length > 0; page = store.blocks.page(page.at(-1) ?? null, 10)) pages.push([...page]);
  assert.deepEqual(
    pages.map(({ length }) => length),
    [10, 10, 5],
  );
  assert.deepEqual(pages.flat(), blocks.toReversed());
});

test('blocks that have ended are removed, so many at a time', (context) => {
  const { store, policy } = opened(context);
  store.blocks.save([1, 2, 3, 4, 5].map((end) => blockOf(policy, `192.0.2.${end}`, end * 1000)));
  assert.equal(store.blocks.removeEnded(4000, 3), 3);
  assert.equal(store.blocks.removeEnded(4000, 3), 1);
  assert.deepEqual(
    store.blocks.page(null, 10).map(({ until }) => until),
    [5000],
  );
});
