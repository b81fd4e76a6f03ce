import type { ListenerPlan } from '../../policy/difference.ts';
import type { Engine } from '../engine/engine.ts';
import type { Listener } from '../engine/listener.ts';
import { HookedListener } from '../hooks/hooked-listener.ts';
import type { OpenListener } from './messages.ts';
import { type ListenerHost, PolicyListener } from './policy-listener.ts';
import type { PolicyState } from './policy-state.ts';

type Listening = {
  readonly handler: PolicyListener;
  readonly listener: Listener;
  readonly hooked: HookedListener;
};

/** The listeners of a worker, by their keys: each accepts for the policy that its plan names. */
export class Listeners {
  readonly #engine: Engine;
  readonly #host: ListenerHost;
  readonly #policies: ReadonlyMap<number, PolicyState>;
  readonly #failed: (key: string, message: string) => void;
  readonly #open = new Map<string, Listening>();
  #plans: ReadonlyMap<string, ListenerPlan> = new Map();

  /** Calls `failed` for a listener that does not work, and is closed therefore. */
  constructor(
    engine: Engine,
    host: ListenerHost,
    policies: ReadonlyMap<number, PolicyState>,
    failed: (key: string, message: string) => void,
  ) {
    this.#engine = engine;
    this.#host = host;
    this.#policies = policies;
    this.#failed = failed;
  }

  /** Closes those that are in no plan any more. */
  keep(plans: ReadonlyMap<string, ListenerPlan>): void {
    this.#plans = plans;
    for (const [key, { listener }] of this.#open) if (!plans.has(key)) this.#close(key, listener);
  }

  /** Gives the others to the policies, and the hooks, that they have by now. */
  assign(): void {
    for (const [key, { handler, hooked }] of this.#open) {
      const policy = this.#policyOf(key);
      if (policy === undefined) continue;
      handler.policy = policy;
      hooked.use(policy.hooks);
    }
  }

  /** Throws Error for a listener that is in no plan: the main thread sends none. */
  open(listeners: readonly OpenListener[]): void {
    for (const { key, share } of listeners) {
      const policy = this.#policyOf(key);
      if (policy === undefined) throw new Error(`no policy listens on ${key}`);
      const handler = new PolicyListener(this.#host, policy, (message) => {
        if (this.#open.get(key)?.handler !== handler) return;
        this.#open.delete(key);
        this.#failed(key, message);
      });
      const listener = this.#engine.listen(share, handler);
      const hooked = new HookedListener(listener);
      hooked.use(policy.hooks);
      this.#open.set(key, { handler, hooked, listener });
    }
  }

  closeAll(): void {
    for (const [key, { listener }] of this.#open) this.#close(key, listener);
  }

  /** As `closeAll`, once what waits is accepted; then it calls back. */
  finishAll(done: () => void): void {
    let left = this.#open.size + 1;
    const finished = (): void => {
      left -= 1;
      if (left === 0) done();
    };
    for (const [key, { listener }] of this.#open) {
      this.#open.delete(key);
      listener.finish(finished);
    }
    finished();
  }

  #policyOf(key: string): PolicyState | undefined {
    const plan = this.#plans.get(key);
    return plan === undefined ? undefined : this.#policies.get(plan.policy);
  }

  #close(key: string, listener: Listener): void {
    this.#open.delete(key);
    listener.close();
  }
}
