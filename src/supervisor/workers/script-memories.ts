import type { Snapshot } from '../../policy/snapshot.ts';
import { createScriptMemory } from '../../scripting/shared/layout.ts';
import { releaseScriptMemory } from '../../scripting/shared/memory.ts';

/** What the scripts of each policy share in all workers: it outlives their versions, and ends with the policy. */
export class ScriptMemories {
  readonly #kept = new Map<number, SharedArrayBuffer>();
  /** Of policies that went with the last snapshot: their connections may not have ended in every worker. */
  #draining: readonly SharedArrayBuffer[] = [];

  /** For the next snapshot, once all workers run the last. */
  prepare({ policies }: Snapshot): void {
    const wanted = new Set(policies.map(({ id }) => id));
    const gone = [...this.#kept].filter(([id]) => !wanted.has(id));
    this.#draining = gone.map(([, memory]) => memory);
    for (const [id] of gone) this.#kept.delete(id);
    for (const { id, scripts } of policies) {
      if (scripts.length > 0 && !this.#kept.has(id)) this.#kept.set(id, createScriptMemory());
    }
  }

  /** By policy, of those that have scripts or had them. */
  get all(): ReadonlyMap<number, SharedArrayBuffer> {
    return this.#kept;
  }

  /** A thread is gone, and with it whoever might have let go of a lock. */
  workerEnded(worker: number): void {
    for (const memory of [...this.#kept.values(), ...this.#draining]) releaseScriptMemory(memory, worker);
  }
}
