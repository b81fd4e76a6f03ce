import type { Worker } from 'node:worker_threads';
import { Delays } from '../tasks/delays.ts';
import { Loading } from './loading.ts';
import type { WorkerMemory } from './worker-memory.ts';
import { type Unasked, WorkerThread } from './worker-thread.ts';

/** One that ends sooner after its start is replaced only after this. */
const restartDelay = 1000;
const recoveryRetry = 10;

export interface ThreadsHost {
  /** Starts the thread of a worker, which says in `loading` when it loads code. */
  spawn(worker: number, loading: SharedArrayBuffer): Worker;
  /** A thread has been started: it knows nothing yet. */
  started(thread: WorkerThread): void;
  /** A worker reports something without being asked. */
  received(thread: WorkerThread, report: Unasked): void;
  /** A thread is gone, and perhaps not all that it had open is closed. */
  gone(worker: number): void;
  /** A thread is gone, and its descriptors are closed. */
  ended(thread: WorkerThread): void;
  /** It was not asked to end, and is replaced. `connections`: those that it held. */
  died(worker: number, cause: string, connections: number): void;
}

/** The threads of all workers. One that dies is replaced, once what it left in shared memory is recovered. */
export class WorkerThreads {
  readonly #host: ThreadsHost;
  readonly #memory: WorkerMemory;
  readonly #threads = new Map<number, WorkerThread>();
  readonly #delays = new Delays();
  #isStopping = false;
  #restarts = 0;

  constructor(memory: WorkerMemory, host: ThreadsHost) {
    this.#host = host;
    this.#memory = memory;
  }

  /** `worker`: a number from 1. */
  start(worker: number): void {
    if (this.#isStopping) return;
    const loading = new Loading();
    this.#memory.begins(worker);
    const thread = new WorkerThread(
      this.#host.spawn(worker, loading.buffer),
      loading,
      worker,
      (report) => this.#host.received(thread, report),
      (cause) => this.#ended(thread, cause),
    );
    this.#threads.set(worker, thread);
    this.#host.started(thread);
  }

  /** Runs a task for every thread, all at once. */
  all<Result>(task: (thread: WorkerThread) => Promise<Result>): Promise<Result[]> {
    return Promise.all([...this.#threads.values()].map(task));
  }

  /** The numbers of those whose thread lives. */
  living(): readonly number[] {
    return [...this.#threads.keys()];
  }

  /** Threads that have ended without being asked to. */
  get restarts(): number {
    return this.#restarts;
  }

  /** No thread that ends is replaced any more, nor reported. */
  stopReplacing(): void {
    this.#isStopping = true;
    this.#delays.stop();
  }

  #ended(thread: WorkerThread, cause: string): void {
    const { worker } = thread;
    this.#threads.delete(worker);
    this.#host.gone(worker);
    const connections = this.#memory.clearGauges(worker);
    this.#host.ended(thread);
    if (this.#isStopping) return;
    this.#restarts += 1;
    this.#host.died(worker, cause, connections);
    const lived = performance.now() - thread.startedAt;
    this.#replace(worker, lived < restartDelay ? restartDelay : 0);
  }

  #replace(worker: number, delay: number): void {
    if (!this.#memory.recover(worker)) {
      this.#delays.after(recoveryRetry, () => this.#replace(worker, delay));
    } else if (delay > 0) {
      this.#delays.after(delay, () => this.start(worker));
    } else {
      this.start(worker);
    }
  }
}
