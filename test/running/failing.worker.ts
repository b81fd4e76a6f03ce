/** The worker as it is, and a second ear for messages that make it end. */
import { parentPort } from 'node:worker_threads';
import '../../src/supervisor/workers/worker-entry.ts';

/** Reachable for good, so that nothing of it can be collected. */
const hoard: unknown[] = [];

/**
 * In many turns of the event loop, as a worker would: V8 does not interrupt an endless loop of built-in calls, and one
 * that outgrows the limit by megabytes before Node can end its thread takes the process with it.
 */
function exhaust(): void {
  for (let count = 0; count < 1000; count++) hoard.push({ count, more: {} });
  setImmediate(exhaust);
}

parentPort?.on('message', (message: { readonly test?: string }) => {
  if (message.test === 'throw') throw new Error('thrown on purpose');
  if (message.test === 'exhaust') exhaust();
});
