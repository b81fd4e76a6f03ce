import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { test } from 'node:test';
import { until } from '../running/condition.ts';
import { newState } from '../running/levee.ts';

const alone = availableParallelism() < 2 || process.platform !== 'linux';

/** Processors that each thread of a process may use, by the thread's name. */
function threadsOf(pid: number): ReadonlyMap<string, string> {
  const folder = `/proc/${pid}/task`;
  return new Map(
    readdirSync(folder).map((thread) => {
      const status = readFileSync(`${folder}/${thread}/status`, 'utf8');
      const name = readFileSync(`${folder}/${thread}/comm`, 'utf8').trim();
      return [name, /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? ''];
    }),
  );
}

test('what the main thread computes takes one processor, and workers may use all', {
  skip: alone && 'there is one processor, or no Linux',
}, async (context) => {
  const state = newState(context);
  const { pid = 0 } = (await state.daemon()).child;
  const mine = threadsOf(process.pid).get('MainThread') ?? [...threadsOf(process.pid).values()][0];
  await until('the workers have started', () => threadsOf(pid).get('levee-worker-1') === mine);
  const threads = threadsOf(pid);
  const workers = [...threads].filter(([name]) => name.startsWith('levee-worker'));
  assert.equal(workers.length, availableParallelism());
  for (const [name, processors] of workers) assert.equal(processors, mine, name);
  for (const [name, processors] of threads) {
    if (!name.startsWith('levee-worker')) assert.match(processors, /^\d+$/, name);
  }
});
