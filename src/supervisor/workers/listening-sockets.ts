import type { EngineImplementation } from '../../enforcer/engine/engine.ts';
import type { GivenSocket, ListenerShare, ListeningSocket } from '../../enforcer/engine/listener.ts';
import type { GivenSockets } from '../../enforcer/sockets/given-sockets.ts';
import { SystemCallError } from '../../enforcer/sockets/system-calls.ts';
import type { OpenListener } from '../../enforcer/worker/messages.ts';
import type { Endpoint } from '../../net/endpoint.ts';
import { type ListenerPlan, listenerDifference, listenerKey } from '../../policy/difference.ts';

export type ListenerStatus = ListenerPlan & {
  /** Why it can't listen, or '' when it does. */
  readonly message: string;
};

/** A listening socket for another process. */
export type GivenListener = Endpoint & { readonly socket: GivenSocket };

/** What is asked of an engine here. */
export type ListeningEngine = Pick<EngineImplementation, 'bind' | 'adopt' | 'queuesEach'>;

type Standing = { plan: ListenerPlan; readonly socket: ListeningSocket };
type Failed = { plan: ListenerPlan; readonly message: string };

/** How much of the descriptors for connections may go to queues of listeners. */
const shareOfQueues = 1 / 32;

/**
 * The listening sockets. The main thread binds them and keeps them; workers accept from shares of them. So a port can't
 * be shared with a stranger, and what waits to be accepted survives the worker that would have taken it.
 */
export class ListeningSockets {
  readonly #engine: ListeningEngine;
  readonly #given: GivenSockets;
  readonly #descriptors: number;
  readonly #standing = new Map<string, Standing>();
  readonly #failed = new Map<string, Failed>();

  /**
   * @param given those that are there already
   * @param descriptors that connections may use
   */
  constructor(engine: ListeningEngine, given: GivenSockets, descriptors: number) {
    this.#engine = engine;
    this.#given = given;
    this.#descriptors = descriptors;
  }

  /** Closes the sockets that are not wanted, once all workers have closed theirs, and opens the others; see `failures`. */
  change(wanted: ReadonlyMap<string, ListenerPlan>): void {
    const { close, open } = listenerDifference(this.#standing.keys(), wanted);
    for (const key of close) this.#close(key);
    this.#failed.clear();
    for (const [key, plan] of wanted) {
      const standing = this.#standing.get(key);
      if (standing !== undefined) standing.plan = plan;
    }
    this.#open(open);
    this.#given.refuseRest();
  }

  /**
   * Those that `change` would fail to open. Each is bound for a moment, but for what is there already, and what stands
   * in the way of itself until `change` has closed it.
   */
  tryOut(wanted: ReadonlyMap<string, ListenerPlan>): readonly ListenerStatus[] {
    const { close, open } = listenerDifference(this.#standing.keys(), wanted);
    const leaving = close.flatMap((key) => this.#standing.get(key)?.plan ?? []);
    return open.flatMap((plan) => {
      if (this.#given.has(plan) || leaving.some((other) => isInTheWay(other, plan))) return [];
      try {
        this.#engine.bind(plan.address, plan.port, false).close();
        return [];
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        return [{ ...plan, message: error.message }];
      }
    });
  }

  /** Tries again what failed; returns those that now stand. */
  retry(): readonly ListenerPlan[] {
    const plans = [...this.#failed.values()].map(({ plan }) => plan);
    this.#failed.clear();
    return this.#open(plans);
  }

  /**
   * Makes shares, for one worker, of all that `wanted` and not `shares` contain, and adds them to `shares`. Calls
   * `failed` for those that the system refuses.
   */
  share(
    shares: Map<string, ListenerShare>,
    wanted: ReadonlyMap<string, ListenerPlan>,
    failed: (plan: ListenerPlan, message: string) => void,
  ): readonly OpenListener[] {
    const listeners: OpenListener[] = [];
    for (const [key, { plan, socket }] of this.#standing) {
      if (shares.has(key) || !wanted.has(key)) continue;
      try {
        const share = socket.share();
        shares.set(key, share);
        listeners.push({ key, share });
      } catch (error) {
        if (!(error instanceof SystemCallError)) throw error;
        failed(plan, error.message);
      }
    }
    return listeners;
  }

  /**
   * A worker has ended, or has failed to listen: it has closed its share, or never made it its own and then nobody
   * else will close it. `inUse`: the shares that workers have.
   */
  reclaim(key: string, share: ListenerShare, inUse: readonly ListenerShare[]): void {
    this.#standing.get(key)?.socket.reclaim(share, inUse);
  }

  failures(): readonly ListenerStatus[] {
    return [...this.#failed.values()].map(({ plan, message }) => ({ ...plan, message }));
  }

  status(): readonly ListenerStatus[] {
    const open = [...this.#standing.values()].map(({ plan }) => ({ ...plan, message: '' }));
    return [...open, ...this.failures()];
  }

  /** Descriptors of the sockets that stand, with those of so many workers. */
  descriptorsFor(workers: number): number {
    return this.#standing.values().reduce((sum, { socket }) => sum + socket.descriptorsFor(workers), 0);
  }

  planOf(key: string): ListenerPlan | undefined {
    return this.#standing.get(key)?.plan;
  }

  /** Those that stand. */
  toGive(): readonly GivenListener[] {
    return [...this.#standing.values()].map(({ plan: { address, port }, socket }) => ({
      address,
      port,
      socket: socket.toGive(),
    }));
  }

  /** Has none any more: who else has one of them listens on. */
  leaveAll(): void {
    for (const { socket } of this.#standing.values()) socket.leave();
    this.#standing.clear();
    this.#failed.clear();
  }

  #open(plans: readonly ListenerPlan[]): readonly ListenerPlan[] {
    const opened: ListenerPlan[] = [];
    for (const plan of plans) {
      const key = listenerKey(plan);
      try {
        const given = this.#given.take(plan);
        const socket =
          given === null
            ? this.#engine.bind(plan.address, plan.port, this.#hasRoomForQueues())
            : this.#engine.adopt(given);
        this.#standing.set(key, { plan, socket });
        opened.push(plan);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.#failed.set(key, { plan, message: error.message });
      }
    }
    return opened;
  }

  /** Where there are many listeners, and few descriptors, the later ones have one queue each. */
  #hasRoomForQueues(): boolean {
    return this.descriptorsFor(0) + this.#engine.queuesEach <= this.#descriptors * shareOfQueues;
  }

  #close(key: string): void {
    const standing = this.#standing.get(key);
    if (standing === undefined) return;
    this.#standing.delete(key);
    standing.socket.close();
    this.#given.giveBack(standing.plan);
  }
}

/** Every address, as a snapshot writes it. */
const everywhere: readonly string[] = ['0.0.0.0', '::'];

function isInTheWay(one: ListenerPlan, other: ListenerPlan): boolean {
  return one.port === other.port && [one, other].some(({ address }) => everywhere.includes(address));
}
