import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

test('threads that collect their garbage at the same moment are not in the way of each other', async (context) => {
  const threads = 2;
  const barrier = new SharedArrayBuffer(4);
  const workers = Array.from({ length: threads }, () => {
    const workerData = { barrier, threads, rounds: 15 };
    const worker = new Worker(new URL('./collecting.worker.ts', import.meta.url), { workerData });
    context.after(() => worker.terminate());
    return worker;
  });
  const told = await Promise.all(workers.map((worker) => once(worker, 'message')));
  assert.deepEqual(told, [['done'], ['done']]);
});
