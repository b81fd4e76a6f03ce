import { addressOf, isIPv4, MAPPED_BITS } from '../net/address.ts';
import { marksWithin } from '../net/address-map.ts';
import type { Endpoint } from '../net/endpoint.ts';
import type { FormerPolicy, KernelBlockAction, Snapshot } from '../policy/snapshot.ts';
import { blockApplies, type Limit, limitOf, startsBlocks } from '../verdict/judge/limit.ts';
import { indexOfReason } from '../verdict/table/reasons.ts';
import type { Block } from '../verdict/upkeep/blocks.ts';
import type { Synproxy } from './synproxy.ts';

/** A policy whose blocked sources the kernel refuses. */
export type KernelPolicy = {
  /** Row id. */
  readonly id: number;
  /** What refuses: each of these has to. */
  readonly limits: readonly Limit[];
  /** How much of an address counts. */
  readonly prefixV4: number;
  readonly prefixV6: number;
  readonly endpoints: readonly Endpoint[];
};

/** A policy for whose listeners the kernel answers when too many SYN packets come. */
export type AnsweredPolicy = {
  readonly id: number;
  /** SYN packets a second. */
  readonly threshold: number;
  readonly endpoints: readonly Endpoint[];
};

/** What the kernel is to do for a snapshot. */
export type KernelPlan = {
  /** Null: it refuses nobody. */
  readonly action: KernelBlockAction | null;
  /** Those whose blocked sources it refuses. */
  readonly policies: ReadonlyMap<number, KernelPolicy>;
  readonly answered: ReadonlyMap<number, AnsweredPolicy>;
  /** How it answers, or goes on translating what it has answered; null: it does neither. */
  readonly synproxy: Synproxy | null;
};

/** The policies of a snapshot for whose listeners the kernel is to answer, whether or not it can. */
export function answeredPolicies({ policies }: Snapshot): readonly AnsweredPolicy[] {
  return policies.flatMap(({ id, enabled, halfOpenThreshold, endpoints }) =>
    enabled && halfOpenThreshold !== null && endpoints.length > 0
      ? [{ id, threshold: halfOpenThreshold, endpoints }]
      : [],
  );
}

/**
 * Null: the kernel has nothing to do.
 *
 * @param synproxy how it answers; null: it can't
 * @param kept how it has answered for connections that may be open; null: for none
 */
export function kernelPlanOf(
  snapshot: Snapshot,
  synproxy: Synproxy | null,
  kept: Synproxy | null,
): KernelPlan | null {
  const { kernelBlock: action } = snapshot;
  const policies = action === null ? [] : blockingPolicies(snapshot);
  const answered = synproxy === null ? [] : answeredPolicies(snapshot);
  const translates = answered.length > 0 ? synproxy : kept;
  if (action === null && translates === null) return null;
  return {
    action,
    policies: new Map(policies.map((policy) => [policy.id, policy])),
    answered: new Map(answered.map((policy) => [policy.id, policy])),
    synproxy: translates,
  };
}

/**
 * A policy that refuses nobody by a block now is left out. While a revision has a guard, the kernel refuses only whom the
 * revision before would have refused too: of others Levee has to hear.
 */
function blockingPolicies({ policies, former }: Snapshot): readonly KernelPolicy[] {
  const formerly = new Map(former?.policies.map((policy) => [policy.id, policy]));
  return policies.flatMap((policy): KernelPolicy[] => {
    const { id, enabled, endpoints } = policy;
    const versions = former === null ? [policy] : [policy, formerly.get(id)];
    const limits = versions.flatMap((version) =>
      version === undefined ? [] : (blockingLimit(version) ?? []),
    );
    if (!enabled || endpoints.length === 0 || limits.length < versions.length) return [];
    const { prefixV4, prefixV6 } = limitOf(policy);
    return [{ id, limits, prefixV4, prefixV6, endpoints }];
  });
}

/**
 * Null: nobody is refused by a block, or a packet does not show whom it would be. It has the address of a proxy, not the
 * source that a PROXY header announces: where such sources are judged, blocks stay with Levee.
 */
function blockingLimit(policy: FormerPolicy): Limit | null {
  const limit = limitOf(policy);
  return policy.proxyProtocol?.isSource !== true && startsBlocks(limit) ? limit : null;
}

/**
 * Whether the kernel can refuse what a block refuses, and nothing else: it is of the prefix that counts now, what made it
 * still blocks, and the network holds no address that an IP list exempts.
 */
export function isForKernel({ policies }: KernelPlan, { policy, source, prefix, reason }: Block): boolean {
  const plan = policies.get(policy);
  const address = addressOf(source);
  if (plan === undefined || address === null) return false;
  const isFour = isIPv4(address);
  if (prefix !== (isFour ? plan.prefixV4 : plan.prefixV6)) return false;
  const bits = isFour ? MAPPED_BITS + prefix : prefix;
  const index = indexOfReason(reason);
  return plan.limits.every((limit) => {
    const marks = limit.ipList === null ? [0] : marksWithin(limit.ipList.addresses, address, bits);
    return [...marks].every((each) => blockApplies(limit, index, each));
  });
}
