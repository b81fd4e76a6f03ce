import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { WorkerData } from '../../src/enforcer/worker/messages.ts';

/** The threads of a data plane, for a test that ends them: each is told how by a message (failing.worker.ts). */
export class FailingWorkers {
  /** In the order in which they were started. */
  readonly started: Worker[] = [];
  /** By the number of the worker, from 1 on. */
  readonly current = new Map<number, Worker>();
  readonly #limits: ResourceLimits;

  constructor(limits: ResourceLimits = {}) {
    this.#limits = limits;
  }

  /** For the options of a data plane. */
  readonly spawn = (data: WorkerData): Worker => {
    const worker = new Worker(new URL('./failing.worker.ts', import.meta.url), {
      workerData: data,
      resourceLimits: this.#limits,
    });
    this.started.push(worker);
    this.current.set(data.worker, worker);
    return worker;
  };

  /** Of those that were started, how many still run. */
  get alive(): number {
    return this.started.filter(({ threadId }) => threadId !== -1).length;
  }
}
