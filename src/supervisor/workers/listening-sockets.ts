import { isSameSocket, openListeningSocket } from '../../enforcer/sockets/listening-socket.ts';
import { closeDescriptor, duplicate, SystemCallError } from '../../enforcer/sockets/system-calls.ts';
import type { OpenListener } from '../../enforcer/worker/messages.ts';
import { type ListenerPlan, listenerDifference, listenerKey } from '../../policy/difference.ts';

export type ListenerStatus = ListenerPlan & {
  /** Why it can't listen, or '' when it does. */
  readonly message: string;
};

type Standing = { plan: ListenerPlan; readonly descriptor: number };
type Failed = { plan: ListenerPlan; readonly message: string };

/**
 * The listening sockets. The main thread binds them and keeps them; workers accept from duplicates. So a port can't
 * be shared with a stranger, and what waits to be accepted survives the worker that would have taken it.
 */
export class ListeningSockets {
  readonly #standing = new Map<string, Standing>();
  readonly #failed = new Map<string, Failed>();

  /** Goes over to the wanted listeners, once all workers have closed those that are not. See `failures`. */
  change(wanted: ReadonlyMap<string, ListenerPlan>): void {
    const { close, open } = listenerDifference(this.#standing.keys(), wanted);
    for (const key of close) this.#close(key);
    this.#failed.clear();
    for (const [key, plan] of wanted) {
      const standing = this.#standing.get(key);
      if (standing !== undefined) standing.plan = plan;
    }
    this.#open(open);
  }

  /** Tries again what failed; returns those that now stand. */
  retry(): readonly ListenerPlan[] {
    const plans = [...this.#failed.values()].map(({ plan }) => plan);
    this.#failed.clear();
    return this.#open(plans);
  }

  /**
   * Makes duplicates, for one worker, of all that `wanted` and not `duplicates` contain, and adds them to `duplicates`.
   * Calls `failed` for those that the system refuses.
   */
  duplicate(
    duplicates: Map<string, number>,
    wanted: ReadonlyMap<string, ListenerPlan>,
    failed: (plan: ListenerPlan, message: string) => void,
  ): readonly OpenListener[] {
    const listeners: OpenListener[] = [];
    for (const [key, { plan, descriptor }] of this.#standing) {
      if (duplicates.has(key) || !wanted.has(key)) continue;
      try {
        const copy = duplicate(descriptor);
        duplicates.set(key, copy);
        listeners.push({ key, descriptor: copy });
      } catch (error) {
        if (!(error instanceof SystemCallError)) throw error;
        failed(plan, error.message);
      }
    }
    return listeners;
  }

  /**
   * A worker has ended, or has failed to listen: it has closed its duplicate, or never made it its own and then
   * nobody else will close it. `inUse`: the duplicates that workers have, of which one may have its number now.
   */
  reclaim(key: string, descriptor: number, inUse: ReadonlySet<number>): void {
    const standing = this.#standing.get(key);
    if (standing === undefined || descriptor === standing.descriptor || inUse.has(descriptor)) return;
    if (isSameSocket(descriptor, standing.descriptor)) closeDescriptor(descriptor);
  }

  failures(): readonly ListenerStatus[] {
    return [...this.#failed.values()].map(({ plan, message }) => ({ ...plan, message }));
  }

  status(): readonly ListenerStatus[] {
    const open = [...this.#standing.values()].map(({ plan }) => ({ ...plan, message: '' }));
    return [...open, ...this.failures()];
  }

  /** How many stand. */
  get count(): number {
    return this.#standing.size;
  }

  planOf(key: string): ListenerPlan | undefined {
    return this.#standing.get(key)?.plan;
  }

  closeAll(): void {
    for (const key of [...this.#standing.keys()]) this.#close(key);
    this.#failed.clear();
  }

  #open(plans: readonly ListenerPlan[]): readonly ListenerPlan[] {
    const opened: ListenerPlan[] = [];
    for (const plan of plans) {
      const key = listenerKey(plan);
      try {
        const descriptor = openListeningSocket(plan.address, plan.port);
        this.#standing.set(key, { plan, descriptor });
        opened.push(plan);
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.#failed.set(key, { plan, message: error.message });
      }
    }
    return opened;
  }

  #close(key: string): void {
    const standing = this.#standing.get(key);
    if (standing === undefined) return;
    this.#standing.delete(key);
    closeDescriptor(standing.descriptor);
  }
}
