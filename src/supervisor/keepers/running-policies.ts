import type { PolicySnapshot, Snapshot } from '../../policy/snapshot.ts';

/** The policies that the data plane runs, or still reports on, by row id. */
export class RunningPolicies {
  readonly #policies = new Map<number, PolicySnapshot>();
  #latest: Snapshot | undefined;

  get all(): ReadonlyMap<number, PolicySnapshot> {
    return this.#policies;
  }

  /** The data plane is about to run this snapshot; an earlier one may still be under way. */
  begin(snapshot: Snapshot): void {
    this.#latest = snapshot;
    for (const policy of snapshot.policies) this.#policies.set(policy.id, policy);
  }

  /** The data plane runs this snapshot, and has reported everything of those before it. */
  finish(snapshot: Snapshot): void {
    // A snapshot that has begun since may have policies that this one lacks.
    if (snapshot !== this.#latest) return;
    const kept = new Set(snapshot.policies.map(({ id }) => id));
    for (const id of this.#policies.keys()) if (!kept.has(id)) this.#policies.delete(id);
  }
}
