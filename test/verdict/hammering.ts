import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { WorkerOrder, WorkerReport } from './worker-messages.ts';

/** A worker that hammers the table. */
export class Hammer {
  readonly order: WorkerOrder;
  readonly report: Promise<WorkerReport | null>;
  readonly exited: Promise<unknown>;
  readonly started: Promise<unknown>;
  /** What ended it, when it did so by itself. */
  error: Error | null = null;
  readonly #worker: Worker;

  constructor(order: WorkerOrder) {
    this.order = order;
    const heap =
      order.ending === 'exhaust-heap' ? { maxOldGenerationSizeMb: 8, maxYoungGenerationSizeMb: 2 } : {};
    const worker = new Worker(new URL('./hammer.worker.ts', import.meta.url), {
      workerData: order,
      resourceLimits: heap,
    });
    this.#worker = worker;
    worker.on('error', (error: Error) => {
      this.error = error;
    });
    this.exited = new Promise((resolve) => worker.once('exit', resolve));
    this.started = Promise.race([once(worker, 'message'), this.exited]);
    this.report = new Promise((resolve) => {
      worker.on('message', (message: WorkerReport | 'started') => {
        if (message !== 'started') resolve(message);
      });
      worker.once('exit', () => resolve(null));
    });
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
    await this.exited;
  }
}
