import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StoredBlock } from '../../src/store/blocks.ts';
import { Draft } from '../../src/store/draft.ts';
import { Store } from '../../src/store/store.ts';
import { openDatabaseFile } from './database-file.ts';
import { smallCatalogue, subTables } from './small-catalogue.ts';

const author = { name: 'anna', origin: 'console' };

test('blocks are kept over a restart, move their ends, and go with their policy', (context) => {
  const file = openDatabaseFile(context);
  const first = new Store(file.path, smallCatalogue);
  const draft = new Draft(first.stored);
  draft.create('thing', null, 'web');
  first.commit(draft, author, 0);
  const policy = first.stored.find('thing', null, 'web') ?? -1;
  const blocks: readonly StoredBlock[] = [
    { policy, source: '192.0.2.1', prefix: 32, reason: 'connections', until: 1000 },
    { policy, source: '2001:db8::', prefix: 64, reason: 'black-ip', until: 2000 },
  ];
  first.blocks.change(
    [...blocks, { policy: 999, source: '192.0.2.9', prefix: 32, reason: 'connections', until: 1000 }],
    [],
  );
  first.close();

  const second = new Store(file.path, smallCatalogue);
  context.after(() => second.close());
  assert.deepEqual(second.blocks.all(), blocks);
  second.blocks.change(
    [{ policy, source: '2001:db8::', prefix: 64, reason: 'black-ip', until: 500 }],
    blocks.slice(0, 1),
  );
  assert.deepEqual(second.blocks.all(), [
    { policy, source: '2001:db8::', prefix: 64, reason: 'black-ip', until: 500 },
  ]);

  const removal = new Draft(second.stored);
  removal.delete(policy, subTables);
  second.commit(removal, author, 0);
  assert.deepEqual(second.blocks.all(), []);
  assert.deepEqual(file.faults, []);
});
