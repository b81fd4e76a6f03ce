import type { ListenerShare } from '../../enforcer/engine/listener.ts';
import type { GivenSockets } from '../../enforcer/sockets/given-sockets.ts';
import type { RaisedEvent } from '../../events/events.ts';
import { listenerFailed } from '../../events/listeners.ts';
import { unknownEvents } from '../../events/unknown-events.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { ListenerPlan } from '../../policy/difference.ts';
import {
  type GivenListener,
  type ListenerStatus,
  type ListeningEngine,
  ListeningSockets,
} from './listening-sockets.ts';
import type { WorkerThread } from './worker-thread.ts';

/** Which worker accepts from which listening socket, each from a share of its own. */
export class SharedListeners {
  readonly #sockets: ListeningSockets;
  /** By worker thread, and by the key of the listener. */
  readonly #shares = new Map<WorkerThread, Map<string, ListenerShare>>();
  readonly #onEvent: (event: RaisedEvent) => void;
  #wanted: ReadonlyMap<string, ListenerPlan> = new Map();

  /** As ListeningSockets. */
  constructor(
    engine: ListeningEngine,
    given: GivenSockets,
    descriptors: number,
    onEvent: (event: RaisedEvent) => void,
  ) {
    this.#sockets = new ListeningSockets(engine, given, descriptors);
    this.#onEvent = onEvent;
  }

  /** Descriptors of the sockets that stand, with those of so many workers. */
  descriptorsFor(workers: number): number {
    return this.#sockets.descriptorsFor(workers);
  }

  status(): readonly ListenerStatus[] {
    return this.#sockets.status();
  }

  /** An event for each listener that could not be opened. */
  failures(): readonly RaisedEvent[] {
    return this.#sockets.failures().map(({ message, ...plan }) => failedListener(plan, message));
  }

  /** Likewise, were these wanted. */
  tryOut(wanted: ReadonlyMap<string, ListenerPlan>): readonly RaisedEvent[] {
    return this.#sockets.tryOut(wanted).map(({ message, ...plan }) => failedListener(plan, message));
  }

  /** Workers get no others from now on. The sockets stay as they are until `open`. */
  want(wanted: ReadonlyMap<string, ListenerPlan>): void {
    this.#wanted = wanted;
  }

  /** A worker has closed its shares of those that are not wanted. */
  closedUnwanted(thread: WorkerThread): void {
    const shares = this.#shares.get(thread);
    for (const key of shares?.keys() ?? []) if (!this.#wanted.has(key)) shares?.delete(key);
  }

  /** Closes the sockets that are not wanted, once all workers have, and opens those that are missing. Tells what fails anew. */
  open(): void {
    const known = this.failures();
    this.#sockets.change(this.#wanted);
    for (const failure of unknownEvents(this.failures(), known)) this.#onEvent(failure);
  }

  /** Opens again what could not be opened. Returns what stands now: to be reported once workers accept from it. */
  retry(): readonly ListenerPlan[] {
    return this.#sockets.retry();
  }

  /** Gives a worker shares of those that it lacks. Resolves when it accepts from them. */
  async distribute(thread: WorkerThread): Promise<void> {
    if (thread.isOver) return;
    const shares = this.#shares.get(thread) ?? new Map<string, ListenerShare>();
    this.#shares.set(thread, shares);
    const listeners = this.#sockets.share(shares, this.#wanted, (plan, message) =>
      this.#onEvent(failedListener(plan, message)),
    );
    if (listeners.length > 0) await thread.send({ type: 'listen', listeners });
  }

  /** The socket stands, but this worker can't accept from it: it gets another share later. */
  failed(thread: WorkerThread, key: string, message: string): void {
    const plan = this.#sockets.planOf(key);
    if (plan === undefined) return;
    const shares = this.#shares.get(thread);
    const share = shares?.get(key);
    shares?.delete(key);
    if (share !== undefined) this.#sockets.reclaim(key, share, this.#inUse());
    this.#onEvent(failedListener(plan, message));
  }

  /** The thread is gone. */
  ended(thread: WorkerThread): void {
    const shares = this.#shares.get(thread) ?? [];
    this.#shares.delete(thread);
    for (const [key, share] of shares) this.#sockets.reclaim(key, share, this.#inUse());
  }

  /** Workers have closed their shares of all of them, which stay open; `distribute` gives new ones. */
  withdrawn(): void {
    this.#shares.clear();
  }

  /** The sockets that stand, for another process, with where they listen. */
  toGive(): readonly GivenListener[] {
    return this.#sockets.toGive();
  }

  /** No worker has a share any more, and this process no socket: who else has one of them listens on. */
  leaveAll(): void {
    this.#shares.clear();
    this.#sockets.leaveAll();
  }

  #inUse(): readonly ListenerShare[] {
    return [...this.#shares.values()].flatMap((shares) => [...shares.values()]);
  }
}

function failedListener({ policy, ...endpoint }: ListenerPlan, reason: string): RaisedEvent {
  return listenerFailed({ policy, endpoint: endpointText(endpoint), reason });
}
