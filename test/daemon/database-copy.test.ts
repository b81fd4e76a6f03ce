import assert from 'node:assert/strict';
import { existsSync, rmSync } from 'node:fs';
import { test } from 'node:test';
import { loadLanguage } from '../../src/cli/language/language.ts';
import { DatabaseCopy } from '../../src/daemon/state/database-copy.ts';
import { openStateDirectory } from '../../src/daemon/state/state-directory.ts';
import { Store } from '../../src/store/store.ts';
import { until } from '../running/condition.ts';
import { newState } from '../running/levee.ts';

test('a copy that is asked for after a hand-over that came to nothing is made, too', async (context) => {
  const state = openStateDirectory(newState(context).path, {});
  const { catalogue } = await loadLanguage();
  const store = new Store(state.database, catalogue);
  context.after(() => store.close());
  const copy = new DatabaseCopy(state, store, assert.fail);
  context.mock.timers.enable({ apis: ['setTimeout'] });
  copy.renew();
  await copy.close();
  rmSync(state.databaseCopy);
  copy.renew();
  context.mock.timers.runAll();
  context.mock.timers.reset();
  await until('it is made', () => existsSync(state.databaseCopy));
});
