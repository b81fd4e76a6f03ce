import type { RaisedEvent } from '../../events/events.ts';
import { listenerFailed } from '../../events/listeners.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { ListenerPlan } from '../../policy/difference.ts';
import { type ListenerStatus, ListeningSockets } from './listening-sockets.ts';
import type { WorkerThread } from './worker-thread.ts';

/** Which worker accepts from which listening socket, each from a duplicate of its own. */
export class SharedListeners {
  readonly #sockets = new ListeningSockets();
  /** By worker thread, and by the key of the listener. */
  readonly #duplicates = new Map<WorkerThread, Map<string, number>>();
  readonly #onEvent: (event: RaisedEvent) => void;
  #wanted: ReadonlyMap<string, ListenerPlan> = new Map();

  constructor(onEvent: (event: RaisedEvent) => void) {
    this.#onEvent = onEvent;
  }

  /** Listening sockets that stand. */
  get count(): number {
    return this.#sockets.count;
  }

  status(): readonly ListenerStatus[] {
    return this.#sockets.status();
  }

  /** Workers get no others from now on. The sockets stay as they are until `open`. */
  want(wanted: ReadonlyMap<string, ListenerPlan>): void {
    this.#wanted = wanted;
  }

  /** A worker has closed its duplicates of those that are not wanted. */
  closedUnwanted(thread: WorkerThread): void {
    const duplicates = this.#duplicates.get(thread);
    for (const key of duplicates?.keys() ?? []) if (!this.#wanted.has(key)) duplicates?.delete(key);
  }

  /** Closes the sockets that are not wanted, once all workers have, and opens those that are missing. */
  open(): void {
    this.#sockets.change(this.#wanted);
    for (const failure of this.#sockets.failures()) this.#failed(failure, failure.message);
  }

  /** Opens again what could not be opened. Returns what stands now: to be reported once workers accept from it. */
  retry(): readonly ListenerPlan[] {
    return this.#sockets.retry();
  }

  /** Gives a worker duplicates of those that it lacks. Resolves when it accepts from them. */
  async distribute(thread: WorkerThread): Promise<void> {
    if (thread.isOver) return;
    const duplicates = this.#duplicates.get(thread) ?? new Map<string, number>();
    this.#duplicates.set(thread, duplicates);
    const listeners = this.#sockets.duplicate(duplicates, this.#wanted, (plan, message) =>
      this.#failed(plan, message),
    );
    if (listeners.length > 0) await thread.send({ type: 'listen', listeners });
  }

  /** The socket stands, but this worker can't accept from it: it gets another duplicate later. */
  failed(thread: WorkerThread, key: string, message: string): void {
    const plan = this.#sockets.planOf(key);
    if (plan === undefined) return;
    const duplicates = this.#duplicates.get(thread);
    const descriptor = duplicates?.get(key);
    duplicates?.delete(key);
    if (descriptor !== undefined) this.#sockets.reclaim(key, descriptor, this.#inUse());
    this.#failed(plan, message);
  }

  /** The thread is gone. */
  ended(thread: WorkerThread): void {
    const duplicates = this.#duplicates.get(thread) ?? [];
    this.#duplicates.delete(thread);
    for (const [key, descriptor] of duplicates) this.#sockets.reclaim(key, descriptor, this.#inUse());
  }

  closeAll(): void {
    this.#sockets.closeAll();
  }

  #failed({ policy, ...endpoint }: ListenerPlan, reason: string): void {
    this.#onEvent(listenerFailed({ policy, endpoint: endpointText(endpoint), reason }));
  }

  #inUse(): ReadonlySet<number> {
    return new Set([...this.#duplicates.values()].flatMap((duplicates) => [...duplicates.values()]));
  }
}
