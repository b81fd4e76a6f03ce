import type { Worker } from 'node:worker_threads';
import type { FromWorker, Sessions, ToWorker } from '../../enforcer/worker/messages.ts';

/** A question is a message without the serial that its answer repeats. */
type Question =
  | Omit<Extract<ToWorker, { type: 'snapshot' }>, 'serial'>
  | Omit<Extract<ToWorker, { type: 'places' }>, 'serial'>
  | Omit<Extract<ToWorker, { type: 'sessions' }>, 'serial'>
  | Omit<Extract<ToWorker, { type: 'listen' }>, 'serial'>
  | Omit<Extract<ToWorker, { type: 'stop' }>, 'serial'>;

type Answer = Extract<FromWorker, { serial: number }>;

/** What a worker tells without being asked. */
export type Told = Exclude<FromWorker, Answer>;

/** One worker thread, from its start to its end. */
export class WorkerThread {
  /** The number that it has in the sources table. */
  readonly owner: number;
  readonly ledger: SharedArrayBuffer;
  /** Duplicates of listening sockets that it was given, by the key of the listener. */
  readonly handed = new Map<string, number>();
  readonly startedAt = performance.now();
  readonly #worker: Worker;
  /** By serial; null: it has ended, and will not answer. */
  readonly #waiting = new Map<number, (answer: Answer | null) => void>();
  #serial = 0;
  #cause = '';
  #over = false;

  /** `ended` is called once, when the thread is gone and the system has closed its descriptors. */
  constructor(
    worker: Worker,
    owner: number,
    ledger: SharedArrayBuffer,
    told: (message: Told) => void,
    ended: (cause: string) => void,
  ) {
    this.#worker = worker;
    this.owner = owner;
    this.ledger = ledger;
    worker.on('message', (message: FromWorker) => {
      if ('serial' in message) this.#answered(message.serial, message);
      else told(message);
    });
    worker.on('error', (error) => {
      this.#cause = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    });
    worker.on('exit', (code) => {
      this.#over = true;
      for (const serial of [...this.#waiting.keys()]) this.#answered(serial, null);
      ended(this.#cause === '' ? `exit status ${code}` : this.#cause);
    });
  }

  get isOver(): boolean {
    return this.#over;
  }

  /** Resolves when the worker has done it, or has ended. */
  async ask(question: Exclude<Question, { type: 'sessions' }>): Promise<void> {
    await this.#answerTo(question);
  }

  /** Connections that it has of a policy; none when it has ended. */
  async sessions(policy: number, limit: number): Promise<Sessions> {
    const answer = await this.#answerTo({ type: 'sessions', policy, limit });
    return answer?.type === 'sessions' ? answer : { sessions: [], total: 0 };
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate();
  }

  #answerTo(question: Question): Promise<Answer | null> {
    if (this.#over) return Promise.resolve(null);
    const serial = ++this.#serial;
    return new Promise((resolve) => {
      this.#waiting.set(serial, resolve);
      this.#worker.postMessage({ ...question, serial });
    });
  }

  #answered(serial: number, answer: Answer | null): void {
    const resolve = this.#waiting.get(serial);
    this.#waiting.delete(serial);
    resolve?.(answer);
  }
}
