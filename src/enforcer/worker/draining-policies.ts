import type { PolicyState } from './policy-state.ts';

/** Policies that are gone, until the last of the connections that they had has ended. */
export class DrainingPolicies {
  readonly #policies = new Set<PolicyState>();
  #waiting: (() => void)[] = [];

  add(policy: PolicyState): void {
    if (!policy.isEmpty) this.#policies.add(policy);
  }

  /** A connection of this policy has ended, and left it. */
  ended(policy: PolicyState): void {
    if (!policy.isEmpty || !this.#policies.delete(policy) || this.#policies.size > 0) return;
    for (const callback of this.#waiting.splice(0)) callback();
  }

  /** Calls back once no policy is draining: at once, if none is. */
  whenGone(callback: () => void): void {
    if (this.#policies.size === 0) callback();
    else this.#waiting.push(callback);
  }
}
