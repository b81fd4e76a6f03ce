import { createPolicyCounters } from '../../enforcer/worker/policy-counters.ts';
import type { Snapshot } from '../../policy/snapshot.ts';

/** What the connections of each policy are counted in: it outlives the policy's versions and names, and ends with it. */
export class PolicyCountMemories {
  readonly #workers: number;
  readonly #kept = new Map<number, SharedArrayBuffer>();

  constructor(workers: number) {
    this.#workers = workers;
  }

  /** Prepares for the next snapshot. Workers that still drain a policy that is gone keep its memory themselves. */
  prepare({ policies }: Snapshot): void {
    const wanted = new Set(policies.map(({ id }) => id));
    for (const id of this.#kept.keys()) if (!wanted.has(id)) this.#kept.delete(id);
    for (const id of wanted) if (!this.#kept.has(id)) this.#kept.set(id, createPolicyCounters(this.#workers));
  }

  /** By the row id of the policy. */
  get all(): ReadonlyMap<number, SharedArrayBuffer> {
    return this.#kept;
  }
}
