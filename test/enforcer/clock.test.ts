import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { monotonicNow } from '../../src/enforcer/engine/clock.ts';

const clock = new URL('../../src/enforcer/engine/clock.ts', import.meta.url);

/** Reads the clock of its own thread between two readings of this one's. */
const reading = `
const { parentPort } = require('node:worker_threads');
import(${JSON.stringify(clock.href)}).then(({ monotonicNow }) => {
  parentPort.on('message', (cells) => {
    new Float64Array(cells.buffer)[1] = monotonicNow();
    Atomics.store(cells, 0, 1);
    Atomics.notify(cells, 0);
  });
  parentPort.postMessage('ready');
});
`;

test('what one thread has read of the clock is not later than what another reads after it', async () => {
  for (let round = 0; round < 8; round++) {
    const worker = new Worker(reading, { eval: true });
    await once(worker, 'message');
    const cells = new Int32Array(new SharedArrayBuffer(16));
    const before = monotonicNow();
    worker.postMessage(cells);
    Atomics.wait(cells, 0, 0);
    const after = monotonicNow();
    const between = new Float64Array(cells.buffer)[1] ?? 0;
    await worker.terminate();
    assert.ok(before <= between && between <= after, `${before} ${between} ${after}`);
  }
});
