import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { EpisodeSweep } from '../../src/supervisor/keepers/episodes.ts';
import { SourcesTable } from '../../src/verdict/table/table.ts';
import type { EpisodeLine } from '../../src/verdict/upkeep/source-state.ts';
import { limitWith, setUp } from '../verdict/setting.ts';

test('the end of a policy is told when a worker is out of the way', async (context) => {
  const { table: buffer, open } = setUp();
  open(limitWith('alert_deny', { threshold: 1 }), 5);
  const lines: EpisodeLine[] = [];
  const sweep = new EpisodeSweep(buffer, 60_000, (line) => lines.push(line));
  context.after(() => sweep.stop());

  const table = new SourcesTable(buffer);
  const lock = table.shardAt(0);
  Atomics.store(table.words, lock, 2);
  let isOver = false;
  const end = sweep.end([1]).then(() => {
    isOver = true;
  });
  await setImmediate();
  assert.deepEqual([isOver, lines], [false, []]);
  Atomics.store(table.words, lock, 0);
  await end;
  assert.deepEqual(
    lines.map(({ phase, count, total }) => ({ phase, count, total })),
    [{ phase: 'end', count: 3, total: 4 }],
  );
});
