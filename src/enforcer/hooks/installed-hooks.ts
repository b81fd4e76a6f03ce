import type { PolicyState } from '../worker/policy-state.ts';
import type { HooksHost, HooksSource, ScriptedPolicySnapshot } from './hooks.ts';

/** The hooks that the policies of a worker have: one version of their scripts, until others come. */
export class InstalledHooks {
  /** Null until a snapshot has scripts: without them nobody needs it. */
  source: HooksSource | null = null;
  readonly #host: HooksHost;
  /** By policy, of those that have hooks. */
  readonly #versions = new Map<number, ScriptedPolicySnapshot>();

  constructor(host: HooksHost) {
    this.#host = host;
  }

  /** Gives a policy the hooks of its scripts. Connections that it has keep those that they began with. */
  change(policy: PolicyState, memory: SharedArrayBuffer | undefined): void {
    const { id, scripts, scriptsFailClosed } = policy.snapshot;
    const wanted = { id, scripts, scriptsFailClosed };
    if (isSame(this.#versions.get(id), wanted)) return;
    this.retire(policy);
    if (scripts.length === 0 || memory === undefined || this.source === null) return;
    policy.hooks = this.source(wanted, memory, this.#host);
    if (policy.hooks !== null) this.#versions.set(id, wanted);
  }

  /** New connections of the policy have no hooks. */
  retire(policy: PolicyState): void {
    policy.hooks?.retire();
    policy.hooks = null;
    this.#versions.delete(policy.id);
  }
}

function isSame(one: ScriptedPolicySnapshot | undefined, other: ScriptedPolicySnapshot): boolean {
  if (one === undefined) return other.scripts.length === 0;
  return (
    one.scriptsFailClosed === other.scriptsFailClosed &&
    one.scripts.length === other.scripts.length &&
    one.scripts.every(
      ({ name, text }, index) => name === other.scripts[index]?.name && text === other.scripts[index]?.text,
    )
  );
}
