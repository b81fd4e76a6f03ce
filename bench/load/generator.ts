import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { GeneratorData, Order, Result } from './orders.ts';

/**
 * A client with its echo backend, in a thread of its own. Orders are carried out one after another. Linux only.
 * The port of the backend stays taken until this process ends.
 */
export class Generator {
  readonly #signal = new Int32Array(new SharedArrayBuffer(4));
  readonly #worker: Worker;

  /** `first`: it waits for no other thread, where that is permitted. */
  constructor(backendPort: number, processor: number | null, first = false) {
    const data: GeneratorData = { backendPort, processor, first, signal: this.#signal.buffer };
    this.#worker = new Worker(new URL('./generator.worker.ts', import.meta.url), { workerData: data });
  }

  async perform<O extends Order>(order: O): Promise<Result<O>> {
    Atomics.store(this.#signal, 0, 0);
    this.#worker.postMessage(order);
    const [result]: Result<O>[] = await once(this.#worker, 'message');
    if (result === undefined) throw new Error('a generator without an answer');
    return result;
  }

  /** Ends the paced order that is being carried out. */
  stop(): void {
    Atomics.store(this.#signal, 0, 1);
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}
