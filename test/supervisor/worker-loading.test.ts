import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { Loading, OwnLoading } from '../../src/supervisor/workers/loading.ts';
import { WorkerThread } from '../../src/supervisor/workers/worker-thread.ts';

/** Loads until it is told that it has; then it would never end by itself. */
const slowToLoad = `
  const { parentPort, workerData } = require('node:worker_threads');
  const words = new Int32Array(workerData);
  parentPort.on('message', () => {
    parentPort.postMessage({ type: 'events', events: ['loaded'] });
    Atomics.compareExchange(words, 0, 0, 1);
    Atomics.notify(words, 0);
  });
  parentPort.postMessage({ type: 'events', events: [] });
`;

test('a worker that is told to end while it loads is left to finish that first', async () => {
  const loading = new Loading();
  const worker = new Worker(slowToLoad, { eval: true, workerData: loading.buffer });
  const order: string[] = [];
  const thread = new WorkerThread(
    worker,
    loading,
    1,
    (message) => order.push(message.type),
    () => order.push('ended'),
  );
  await once(worker, 'message');
  const ended = thread.terminate();
  worker.postMessage('it is loaded');
  await ended;
  assert.deepEqual(order, ['events', 'events', 'ended']);
});

test('one that dies while it loads is waited for no longer', async () => {
  const loading = new Loading();
  const worker = new Worker('throw new Error("on purpose")', { eval: true });
  const { promise, resolve } = Promise.withResolvers<string>();
  const thread = new WorkerThread(worker, loading, 1, () => {}, resolve);
  const ended = thread.terminate();
  assert.equal(await promise, 'Error: on purpose');
  await ended;
});

test('nothing more is loaded by a thread that is about to be terminated', async () => {
  const loading = new Loading();
  const own = new OwnLoading(loading.buffer);
  assert.equal(own.begin(), false, 'it loads already');
  own.end();
  assert.equal(own.begin(), true);
  const finished = loading.finish();
  own.end();
  await finished;
  assert.equal(own.begin(), false);
});
