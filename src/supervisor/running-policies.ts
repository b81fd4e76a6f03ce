import type { PolicySnapshot, Snapshot } from '../policy/snapshot.ts';

/** The policies that the data plane runs, or still has to tell of, by row id. */
export class RunningPolicies {
  readonly #policies = new Map<number, PolicySnapshot>();
  #latest: Snapshot | undefined;

  get all(): ReadonlyMap<number, PolicySnapshot> {
    return this.#policies;
  }

  /** The data plane is about to run this; another may still be on its way there. */
  begin(snapshot: Snapshot): void {
    this.#latest = snapshot;
    for (const policy of snapshot.policies) this.#policies.set(policy.id, policy);
  }

  /** The data plane runs it, and has told all there was of what came before. */
  finish(snapshot: Snapshot): void {
    // One that has begun since then has policies that this one lacks.
    if (snapshot !== this.#latest) return;
    const kept = new Set(snapshot.policies.map(({ id }) => id));
    for (const id of this.#policies.keys()) if (!kept.has(id)) this.#policies.delete(id);
  }
}
