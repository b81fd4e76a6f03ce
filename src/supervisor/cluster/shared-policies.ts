import { createHash } from 'node:crypto';
import { policyNameLength } from '../../cluster/counts/source-name.ts';
import type { PolicyKeys } from '../../cluster/policy-keys.ts';
import { isIPv4, MAPPED_BITS } from '../../net/address.ts';
import type { PolicySnapshot } from '../../policy/snapshot.ts';
import { allowanceOf, worthTelling } from '../../verdict/judge/shared-limit.ts';

/** A policy whose sources have a limit, which is for all nodes together. */
export type SharedPolicy = {
  /** Row id. */
  readonly id: number;
  readonly name: string;
  /** What it is called among nodes. */
  readonly key: string;
  /** Over 128 bits. */
  readonly prefixV4: number;
  readonly prefixV6: number;
  readonly limit: number;
  /** Connections of a source that are admitted before others know of them. */
  readonly allowance: number;
  /** Fewer connections of a source than these are not told. */
  readonly worth: number;
};

/** Short for the key of a policy: every source has it in its name. */
function policyNameOf(key: string): string {
  return createHash('sha256').update(key, 'utf8').digest('latin1').slice(0, policyNameLength);
}

/** The policies of this node whose counts are shared. */
export class SharedPolicies {
  readonly #byId = new Map<number, SharedPolicy>();
  readonly #byKey = new Map<string, SharedPolicy>();
  readonly #text: string;

  constructor(
    policies: ReadonlyMap<number, PolicySnapshot>,
    keys: Pick<PolicyKeys, 'keyOf'>,
    blindAllowance: number,
  ) {
    for (const policy of policies.values()) {
      const key = keys.keyOf(policy.id);
      const shared = key === undefined ? null : sharedPolicy(policy, policyNameOf(key), blindAllowance);
      if (shared === null) continue;
      this.#byId.set(shared.id, shared);
      this.#byKey.set(shared.key, shared);
    }
    this.#text = JSON.stringify([...this.#byId.values()]);
  }

  ofId(id: number): SharedPolicy | undefined {
    return this.#byId.get(id);
  }

  ofKey(key: string): SharedPolicy | undefined {
    return this.#byKey.get(key);
  }

  equals(other: SharedPolicies): boolean {
    return this.#text === other.#text;
  }
}

/** Whether a policy tells its sources apart by this prefix. */
export function hasPrefix(policy: SharedPolicy, address: Uint32Array, prefix: number): boolean {
  return prefix === (isIPv4(address) ? policy.prefixV4 : policy.prefixV6);
}

function sharedPolicy(policy: PolicySnapshot, key: string, blindAllowance: number): SharedPolicy | null {
  const { id, name, rule } = policy;
  if (rule === null || rule.threshold === 0) return null;
  const allowance = allowanceOf(rule.threshold, blindAllowance);
  return {
    id,
    name,
    key,
    prefixV4: MAPPED_BITS + rule.prefixV4,
    prefixV6: rule.prefixV6,
    limit: rule.threshold,
    allowance,
    worth: worthTelling(rule.threshold, allowance),
  };
}
