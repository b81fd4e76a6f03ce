import { openListeningSocket } from '../enforcer/listening-socket.ts';
import type { OpenListener } from '../enforcer/messages.ts';
import { closeDescriptor } from '../enforcer/system-calls.ts';
import { type ListenerPlan, listenerDifference, listenerKey } from '../policy/difference.ts';

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
  private readonly standing = new Map<string, Standing>();
  private readonly failed = new Map<string, Failed>();

  /**
   * Goes over to the wanted listeners, once all workers have closed those that are not. Returns the sockets that are
   * new; the ones that can't be opened are in `failures`.
   */
  change(wanted: ReadonlyMap<string, ListenerPlan>): readonly OpenListener[] {
    const { close, open } = listenerDifference(this.standing.keys(), wanted);
    for (const key of close) this.close(key);
    this.failed.clear();
    for (const [key, plan] of wanted) {
      const standing = this.standing.get(key);
      if (standing !== undefined) standing.plan = plan;
    }
    return this.open(open);
  }

  /** Tries again what failed; returns the sockets that are new. */
  retry(): readonly OpenListener[] {
    const plans = [...this.failed.values()].map(({ plan }) => plan);
    this.failed.clear();
    return this.open(plans);
  }

  all(): readonly OpenListener[] {
    return [...this.standing].map(([key, { descriptor }]) => ({ key, descriptor }));
  }

  failures(): readonly ListenerStatus[] {
    return [...this.failed.values()].map(({ plan, message }) => ({ ...plan, message }));
  }

  status(): readonly ListenerStatus[] {
    const open = [...this.standing.values()].map(({ plan }) => ({ ...plan, message: '' }));
    return [...open, ...this.failures()];
  }

  planOf(key: string): ListenerPlan | undefined {
    return this.standing.get(key)?.plan;
  }

  closeAll(): void {
    for (const key of [...this.standing.keys()]) this.close(key);
    this.failed.clear();
  }

  private open(plans: readonly ListenerPlan[]): readonly OpenListener[] {
    const opened: OpenListener[] = [];
    for (const plan of plans) {
      const key = listenerKey(plan);
      try {
        const descriptor = openListeningSocket(plan.address, plan.port);
        this.standing.set(key, { plan, descriptor });
        opened.push({ key, descriptor });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        this.failed.set(key, { plan, message: error.message });
      }
    }
    return opened;
  }

  private close(key: string): void {
    const standing = this.standing.get(key);
    if (standing === undefined) return;
    this.standing.delete(key);
    closeDescriptor(standing.descriptor);
  }
}
