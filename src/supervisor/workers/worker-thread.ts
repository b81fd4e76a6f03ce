import type { Worker } from 'node:worker_threads';
import type { ConnectionListing } from '../../enforcer/connection/listing.ts';
import type { FromWorker, ToWorker } from '../../enforcer/worker/messages.ts';
import type { Loading } from './loading.ts';

type WithoutSerial<Message> = Message extends unknown ? Omit<Message, 'serial'> : never;

/** A message without the serial that its answer repeats. */
type Question = WithoutSerial<ToWorker>;

/** What a worker answers only with that it has done it. */
export type Command = Exclude<Question, { type: 'list-connections' }>;

type Answer = Extract<FromWorker, { serial: number }>;

/** What a worker reports without being asked. */
export type Unasked = Exclude<FromWorker, Answer>;

/** One worker thread, from its start to its end. */
export class WorkerThread {
  /** The number that it has in the sources table. */
  readonly worker: number;
  readonly startedAt = performance.now();
  readonly #thread: Worker;
  readonly #loading: Loading;
  /** By serial; called with null when the thread has ended, and will not answer. */
  readonly #waiting = new Map<number, (answer: Answer | null) => void>();
  #serial = 0;
  #cause = '';
  #over = false;

  /** Calls `ended` once, when the thread is gone. */
  constructor(
    thread: Worker,
    loading: Loading,
    worker: number,
    received: (message: Unasked) => void,
    ended: (cause: string) => void,
  ) {
    this.#thread = thread;
    this.#loading = loading;
    this.worker = worker;
    thread.on('message', (message: FromWorker) => {
      if ('serial' in message) this.#answered(message.serial, message);
      else received(message);
    });
    thread.on('error', (error) => {
      this.#cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    });
    thread.on('exit', (code) => {
      this.#over = true;
      loading.gone();
      for (const serial of [...this.#waiting.keys()]) this.#answered(serial, null);
      ended(this.#cause === '' ? `exit status ${code}` : this.#cause);
    });
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Resolves when the worker has done it, or has ended. */
  async send(command: Command): Promise<void> {
    await this.#ask(command);
  }

  /** Connections that the worker has of a policy; none when it has ended. */
  async listConnections(policy: number, limit: number): Promise<ConnectionListing> {
    const answer = await this.#ask({ type: 'list-connections', policy, limit });
    return answer?.type === 'connections' ? answer : { connections: [], total: 0 };
  }

  /** Ends the thread whatever it does, but for loading: that comes to its end first. */
  async terminate(): Promise<void> {
    await this.#loading.finish();
    await this.#thread.terminate();
  }

  #ask(question: Question): Promise<Answer | null> {
    if (this.#over) return Promise.resolve(null);
    const serial = ++this.#serial;
    return new Promise((resolve) => {
      this.#waiting.set(serial, resolve);
      this.#thread.postMessage({ ...question, serial });
    });
  }

  #answered(serial: number, answer: Answer | null): void {
    const resolve = this.#waiting.get(serial);
    this.#waiting.delete(serial);
    resolve?.(answer);
  }
}
