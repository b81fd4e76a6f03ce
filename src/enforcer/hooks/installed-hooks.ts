import type { ScriptSnapshot } from '../../policy/snapshot.ts';
import type { PolicyState } from '../worker/policy-state.ts';
import type { HooksHost, HooksSource } from './hooks.ts';

/** The hooks that the policies of a worker have: one version of their scripts, until others come. */
export class InstalledHooks {
  /** Null until a snapshot has scripts: without them nobody needs it. */
  source: HooksSource | null = null;
  readonly #host: HooksHost;
  /** By policy, of those that have hooks. */
  readonly #versions = new Map<number, readonly ScriptSnapshot[]>();

  constructor(host: HooksHost) {
    this.#host = host;
  }

  /** Gives a policy the hooks of its scripts. Connections that it has keep those that they began with. */
  change(policy: PolicyState, memory: SharedArrayBuffer | undefined): void {
    const { id, scripts } = policy.snapshot;
    if (isSame(this.#versions.get(id) ?? [], scripts)) return;
    this.retire(policy);
    if (scripts.length === 0 || memory === undefined || this.source === null) return;
    policy.hooks = this.source({ id, scripts }, memory, this.#host);
    if (policy.hooks !== null) this.#versions.set(id, scripts);
  }

  /** New connections of the policy have no hooks. */
  retire(policy: PolicyState): void {
    policy.hooks?.retire();
    policy.hooks = null;
    this.#versions.delete(policy.id);
  }
}

function isSame(one: readonly ScriptSnapshot[], other: readonly ScriptSnapshot[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ name, text }, index) => name === other[index]?.name && text === other[index]?.text)
  );
}
