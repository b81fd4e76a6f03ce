import type { PolicyState } from './policy-state.ts';

/** Policies whose connections are cut, until the last of these has ended and all that it leaves is told. */
export class DrainingPolicies {
  readonly #policies = new Set<PolicyState>();
  #waiting: (() => void)[] = [];

  add(policy: PolicyState): void {
    if (!policy.isEmpty) this.#policies.add(policy);
  }

  /** A connection of this policy has ended. */
  ended(policy: PolicyState): void {
    if (!policy.isEmpty || !this.#policies.delete(policy) || this.#policies.size > 0) return;
    for (const callback of this.#waiting.splice(0)) callback();
  }

  /** Calls back once none is left: at once, if there is none. */
  whenGone(callback: () => void): void {
    if (this.#policies.size === 0) callback();
    else this.#waiting.push(callback);
  }
}
