import { type Action, ALLOWED, BLACK } from '../../policy/snapshot.ts';
import {
  ALLOW_ONLY,
  BLACK_IP,
  CONNECTIONS,
  CROWDED,
  NO_REASON,
  SILENT_ONES,
  UNCONFIRMED,
} from '../table/reasons.ts';
import { blockApplies, isTrusted, type Limit } from './limit.ts';

/** What a decision consists of, as bits. */
export const ADMITTED = 1;
/** Enforcement would have admitted it: it is part of the shadow count. */
export const SHADOW_ADMITTED = 2;
export const VIOLATION = 4;
/** Enforcement refuses it, or would have. */
export const WOULD_REFUSE = 8;
export const STARTS_BLOCK = 16;
/** Enforcement would have started a block, and closed what the source holds. */
export const STARTS_SHADOW_BLOCK = 32;
export const UNREPORTED = 64;
/** An enforced block refuses it, whatever its source holds. */
export const IN_BLOCK = 128;
/** Three bits from here: the reason of the violation and of the block. */
const REASON_SHIFT = 8;

export function reasonOf(decided: number): number {
  return decided >>> REASON_SHIFT;
}

/** What a source holds, and the blocks that run. */
export type Holding = {
  open: number;
  silent: number;
  /** Connections that enforcement would have admitted, and not closed since. */
  shadow: number;
  shadowSilent: number;
  /** The reason of a block that has not ended, whether or not it is enforced; else NO_REASON. */
  block: number;
  /** That of a block that enforcement would have made. */
  shadowBlock: number;
  /** Connections that it is known to hold at other nodes. */
  elsewhere: number;
  /** Of those that it may hold, how many may be here. */
  mostHere: number;
};

/** What becomes of a connection without an IP list whose source holds nothing and is not blocked. */
export const firstOfSource = ADMITTED | SHADOW_ADMITTED;

/** The limit that so many connections, so many of them silent, leave no room in. */
function reached(limit: Limit, open: number, silent: number, elsewhere: number): number {
  if (limit.threshold > 0) {
    if (open >= limit.threshold) return CONNECTIONS;
    if (open + elsewhere >= limit.threshold) return CROWDED;
  }
  return limit.silentThreshold > 0 && silent >= limit.silentThreshold ? SILENT_ONES : NO_REASON;
}

function consequence(action: Action, startsBlock: boolean): number {
  if (action === 'deny_no_log') return UNREPORTED;
  return action === 'block-period' && startsBlock ? STARTS_BLOCK : 0;
}

/**
 * Judges one more connection of a source: a set of the bits above.
 *
 * @param marks what the IP list says of the address
 */
export function decide(limit: Limit, marks: number, holding: Holding): number {
  const { ipList, monitor } = limit;
  const block = holding.block !== NO_REASON && blockApplies(limit, holding.block, marks);
  const inBlock =
    block ||
    (monitor && holding.shadowBlock !== NO_REASON && blockApplies(limit, holding.shadowBlock, marks));

  if (ipList !== null) {
    if (isTrusted(marks)) return ADMITTED | SHADOW_ADMITTED;
    const isBlack = (marks & BLACK) !== 0;
    if (isBlack || (ipList.allowOnly && (marks & ALLOWED) === 0)) {
      const violation = VIOLATION | WOULD_REFUSE | ((isBlack ? BLACK_IP : ALLOW_ONLY) << REASON_SHIFT);
      if (!monitor) return violation | consequence(ipList.action, !block);
      const blocks = ipList.action === 'block-period' && !inBlock;
      return ADMITTED | violation | (blocks ? STARTS_SHADOW_BLOCK : 0);
    }
  }

  if (block && !monitor) return VIOLATION | WOULD_REFUSE | IN_BLOCK | (holding.block << REASON_SHIFT);
  const reason = reached(limit, holding.open, holding.silent, holding.elsewhere);
  const violation = reason === NO_REASON ? 0 : VIOLATION | (reason << REASON_SHIFT);
  if (monitor || limit.action === 'alert') {
    if (inBlock) return ADMITTED | violation | WOULD_REFUSE;
    const { shadow, shadowSilent, elsewhere } = holding;
    const isRefused = reached(limit, shadow, shadowSilent, elsewhere) !== NO_REASON;
    if (!isRefused) return ADMITTED | violation | SHADOW_ADMITTED;
    return ADMITTED | violation | WOULD_REFUSE | (limit.action === 'block-period' ? STARTS_SHADOW_BLOCK : 0);
  }
  if (reason === NO_REASON) {
    if (limit.threshold === 0 || holding.open < holding.mostHere) return ADMITTED | SHADOW_ADMITTED;
    // Nobody knows that the limit is reached: no reason to block anybody.
    return VIOLATION | WOULD_REFUSE | (UNCONFIRMED << REASON_SHIFT) | consequence(limit.action, false);
  }
  return violation | WOULD_REFUSE | consequence(limit.action, true);
}
