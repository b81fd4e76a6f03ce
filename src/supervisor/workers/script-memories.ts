import type { Snapshot } from '../../policy/snapshot.ts';
import { createScriptMemory } from '../../scripting/shared/layout.ts';
import { releaseScriptMemory } from '../../scripting/shared/memory.ts';

/** The memory that the scripts of a policy share in all workers: it outlives their versions, and ends with the policy. */
export class ScriptMemories {
  readonly #kept = new Map<number, SharedArrayBuffer>();
  /** Memories of policies that the last snapshot removed: some of their connections may not have ended yet. */
  #draining: readonly SharedArrayBuffer[] = [];

  /** Prepares for the next snapshot, once all workers run the last. */
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

  /** The thread is gone: nobody else releases the locks that it held. */
  workerEnded(worker: number): void {
    for (const memory of [...this.#kept.values(), ...this.#draining]) releaseScriptMemory(memory, worker);
  }
}
