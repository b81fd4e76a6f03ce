import { addressOf, isIPv4, MAPPED_BITS } from '../net/address.ts';
import { marksWithin } from '../net/address-map.ts';
import type { Endpoint } from '../net/endpoint.ts';
import type { FormerPolicy, KernelBlockAction, Snapshot } from '../policy/snapshot.ts';
import { blockApplies, enforcesBlocks, type Limit, limitOf } from '../verdict/judge/limit.ts';
import { indexOfReason } from '../verdict/table/reasons.ts';
import type { ListedBlock } from '../verdict/upkeep/blocks.ts';
import type { Synproxy } from './synproxy.ts';

type Refusal = {
  readonly limit: Limit;
  /** An address map of those who announce sources that are judged; null: nobody does. */
  readonly proxies: Int32Array | null;
};

/** What the kernel has to know of a block. */
type KernelBlock = Pick<ListedBlock, 'policy' | 'source' | 'prefix' | 'reason' | 'isDirect'>;

/** A policy whose blocked sources the kernel refuses. */
export type KernelPolicy = {
  /** Row id. */
  readonly id: number;
  /** Each of these has to refuse. */
  readonly refusals: readonly Refusal[];
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
    const refusals = versions.flatMap((version) => (version === undefined ? [] : (refusalOf(version) ?? [])));
    if (!enabled || endpoints.length === 0 || refusals.length < versions.length) return [];
    const { prefixV4, prefixV6 } = limitOf(policy);
    return [{ id, refusals, prefixV4, prefixV6, endpoints }];
  });
}

/** What refuses by a block under a version of a policy; null: nothing does. */
function refusalOf(policy: FormerPolicy): Refusal | null {
  const limit = limitOf(policy);
  if (!enforcesBlocks(limit)) return null;
  const { proxyProtocol } = policy;
  return { limit, proxies: proxyProtocol?.isSource === true ? new Int32Array(proxyProtocol.from) : null };
}

/**
 * Whether the kernel can refuse what a block refuses, and nothing else: it is of the prefix that counts now, what made it
 * still blocks, and the network holds no address that an IP list exempts. A packet shows the address of a proxy, not the
 * source that its PROXY header announces: blocks of announced sources stay with Levee, and those of a network with a proxy.
 */
export function isForKernel({ policies }: KernelPlan, block: KernelBlock): boolean {
  const plan = policies.get(block.policy);
  const address = addressOf(block.source);
  if (plan === undefined || address === null) return false;
  const isFour = isIPv4(address);
  if (block.prefix !== (isFour ? plan.prefixV4 : plan.prefixV6)) return false;
  const bits = isFour ? MAPPED_BITS + block.prefix : block.prefix;
  const reason = indexOfReason(block.reason);
  return plan.refusals.every(({ limit, proxies }) => {
    if (proxies !== null && !(block.isDirect && holdsNone(proxies, address, bits))) return false;
    const marks = limit.ipList === null ? [0] : marksWithin(limit.ipList.addresses, address, bits);
    return [...marks].every((each) => blockApplies(limit, reason, each));
  });
}

function holdsNone(map: Int32Array, network: Uint32Array, bits: number): boolean {
  return [...marksWithin(map, network, bits)].every((marks) => marks === 0);
}
