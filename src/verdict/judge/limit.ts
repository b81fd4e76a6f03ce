import { lookUp } from '../../net/address-map.ts';
import {
  type Action,
  ALLOWED,
  BLACK,
  type FormerPolicy,
  type IpListSnapshot,
  type RuleSnapshot,
  TRUSTED,
} from '../../policy/snapshot.ts';
import type { ChangingScope } from '../table/key.ts';
import type { Reason } from '../table/reasons.ts';
import { ALLOW_ONLY, BY_HAND, BY_SCRIPT, isOfRule } from '../table/reasons.ts';

/** An IP list, ready to be asked. */
export type IpListLimit = Pick<IpListSnapshot, 'action' | 'blockPeriod' | 'allowOnly'> & {
  /** The words of an address map, of which the marks are those of an IP list. */
  readonly addresses: Int32Array;
};

/** What one policy asks of its sources: its row id, its rule, its IP list and its mode. */
export type Limit = ChangingScope & {
  /** Connections that one source may hold; 0 = no limit. */
  readonly threshold: number;
  /** Silent connections that one source may hold; 0 = no limit. */
  readonly silentThreshold: number;
  readonly action: Action;
  /** Seconds, 1 to 3600. */
  readonly blockPeriod: number;
  readonly ipList: IpListLimit | null;
  /** It has scripts: a block that one of them made is enforced. */
  readonly scripted: boolean;
  /** `monitor-mode enable`: nothing is refused, whatever the action. */
  readonly monitor: boolean;
};

/** Without a rule a source is counted all the same: the rule may come while it holds connections. */
const noRule: Omit<RuleSnapshot, 'name' | 'severity' | 'triggerPolicy'> = {
  threshold: 0,
  action: 'alert',
  blockPeriod: 600,
  prefixV4: 32,
  prefixV6: 64,
  silentThreshold: 0,
  silentAfter: 10,
};

/** `former`: while its prefixes change. */
export function limitOf(
  { id, monitorMode, rule, ipList, scripts }: FormerPolicy,
  former: Limit['former'] = null,
): Limit {
  const { threshold, silentThreshold, action, blockPeriod, prefixV4, prefixV6 } = rule ?? noRule;
  return {
    policy: id,
    threshold,
    silentThreshold,
    action,
    blockPeriod,
    ipList: ipList && {
      addresses: new Int32Array(ipList.addresses),
      action: ipList.action,
      blockPeriod: ipList.blockPeriod,
      allowOnly: ipList.allowOnly,
    },
    scripted: scripts.length > 0,
    monitor: monitorMode,
    prefixV4,
    prefixV6,
    former,
  };
}

function ruleBlocks(limit: Limit): boolean {
  return limit.action === 'block-period' && (limit.threshold > 0 || limit.silentThreshold > 0);
}

function listBlocks(limit: Limit): boolean {
  return limit.ipList?.action === 'block-period';
}

/** Milliseconds that a block lasts that begins for this reason. */
export function blockPeriodOf(limit: Limit, reason: number): number {
  return 1000 * (isOfRule(reason) ? limit.blockPeriod : (limit.ipList?.blockPeriod ?? 0));
}

/**
 * Whether any block of this policy's sources has an effect now: an administrator may block one under any. A block that
 * has none still runs to its end.
 */
export function enforcesBlocks(limit: Limit): boolean {
  return !limit.monitor;
}

/** Whether the policy itself blocks sources now. */
export function startsBlocks(limit: Limit): boolean {
  return enforcesBlocks(limit) && (limit.scripted || ruleBlocks(limit) || listBlocks(limit));
}

/** What the IP list of a policy says of an address, four words from `at`; 0 without a list. */
export function marksOf({ ipList }: Limit, address: Uint32Array | Int32Array, at = 0): number {
  return ipList === null ? 0 : lookUp(ipList.addresses, address, at);
}

/** Whether an IP list that has these marks for an address exempts it. */
export function isTrusted(marks: number): boolean {
  return (marks & (TRUSTED | BLACK)) === TRUSTED;
}

/**
 * Whether a block of a source has an effect on one of its addresses, monitor-mode apart: what made it still
 * blocks, and the address is not exempt. Who is let in by name is not shut out because a neighbour is not.
 *
 * @param reason the block's, as a word of shared memory
 * @param marks what the IP list says of the address
 */
export function blockApplies(limit: Limit, reason: number, marks: number): boolean {
  if (isTrusted(marks)) return false;
  if (reason === BY_HAND) return true;
  if (reason === BY_SCRIPT) return limit.scripted;
  if (isOfRule(reason)) return ruleBlocks(limit);
  return listBlocks(limit) && !(reason === ALLOW_ONLY && (marks & ALLOWED) !== 0);
}

/** The limit that a violation broke; an IP list has none. */
export function thresholdOf(limit: Limit, reason: Reason): number {
  switch (reason) {
    case 'connections':
    case 'crowded':
    case 'unconfirmed':
      return limit.threshold;
    case 'silent':
      return limit.silentThreshold;
    default:
      return 0;
  }
}
