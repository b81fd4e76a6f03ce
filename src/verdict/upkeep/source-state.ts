import { read, readCount } from '../../memory/words.ts';
import { formatAddress, isIPv4, MAPPED_BITS } from '../../net/address.ts';
import { KEY_ADDRESS, KEY_PREFIX } from '../table/key.ts';
import { type Reason, reasonAt } from '../table/reasons.ts';
import {
  BLOCK_REASON,
  BLOCKED,
  BLOCKED_UNTIL,
  EPISODE,
  EPISODE_AGE,
  EPISODE_PEAK,
  EPISODE_REASON,
  FLAGS,
  HAS_REFUSED,
  HOT_WORDS,
  KEY,
  LAST_LINE,
  LAST_VIOLATION,
  OPEN,
  PEAK,
  REFUSED,
  REMOTE,
  REPORTED_VIOLATIONS,
  reasonIn,
  SHADOW,
  SHADOW_BLOCK_REASON,
  SHADOW_BLOCKED,
  SHADOW_BLOCKED_UNTIL,
  SHADOW_SILENT,
  SHARED,
  SHARED_AT,
  SILENT,
  SLOT_WORDS,
  type SourcesTable,
  UNREPORTED_VIOLATIONS,
  UNREPORTED_WOULD_REFUSE,
} from '../table/table.ts';
import { elapsed, fromTick } from '../table/ticks.ts';

/** Who a slot counts. */
export type SourceIdentity = {
  /** Row id of the policy. */
  readonly policy: number;
  /** The masked address as text. */
  readonly source: string;
  /** 0 to 32 for IPv4, 0 to 128 for IPv6. */
  readonly prefix: number;
};

/** An episode, and what no line has reported of it yet. */
export type EpisodeState = {
  /** Of the violation that started it. */
  readonly reason: Reason;
  /** Violations since the last line; the one that started the episode had a line of its own. */
  readonly count: number;
  /** Connections since the last line that enforcement refused or would have refused. */
  readonly wouldRefuse: number;
  /** Violations of the whole episode, those of `count` and the first one included. */
  readonly total: number;
  /** Milliseconds from its first violation to its last. */
  readonly duration: number;
  /** The most that the source held at once during the episode. */
  readonly peak: number;
  /** On the caller's clock. */
  readonly lastViolation: number;
};

/** A line about an episode that has begun: the next of it, or the last. */
export type EpisodeLine = SourceIdentity &
  EpisodeState & {
    readonly phase: 'summary' | 'end';
    readonly open: number;
    readonly silent: number;
    /** Connections that it holds at other nodes, as far as is known. */
    readonly elsewhere?: number;
  };

/** One source of the table at one moment; times are on the caller's clock. */
export type SourceState = SourceIdentity & {
  readonly open: number;
  /** Those of them on which the client has not sent a byte for too long. */
  readonly silent: number;
  /** Those of them that enforcement would have admitted, and not closed since. */
  readonly shadow: number;
  readonly shadowSilent: number;
  readonly peak: number;
  readonly refused: number;
  /** The end of its block, also of one that is past or not enforced now; null when there is none. */
  readonly blockedUntil: number | null;
  readonly shadowBlockedUntil: number | null;
  /** Why there is an episode, else why there is a block; null when there is neither. */
  readonly reason: Reason | null;
  readonly episode: EpisodeState | null;
};

/** Takes a copy of a slot, lock held, for the readers below. */
export function copySlot(table: SourcesTable, at: number, into: Int32Array): void {
  const cold = table.coldAt(at);
  for (let word = 0; word < HOT_WORDS; word++) into[word] = read(table.words, at + word);
  for (let word = HOT_WORDS; word < SHARED_AT; word++) into[word] = read(table.words, cold + word);
  const isShared = (read(into, FLAGS) & SHARED) !== 0;
  const shared = table.sharedAt(at);
  for (let word = SHARED_AT; word < SLOT_WORDS; word++)
    into[word] = isShared ? read(table.words, shared + word - SHARED_AT) : 0;
}

export function identityOf(slot: Int32Array): SourceIdentity {
  const address = new Uint32Array(slot.subarray(KEY + KEY_ADDRESS, KEY + KEY_ADDRESS + 4));
  const prefix = read(slot, KEY + KEY_PREFIX);
  return {
    policy: read(slot, KEY),
    source: formatAddress(address),
    prefix: isIPv4(address) ? prefix - MAPPED_BITS : prefix,
  };
}

/** Connections of a source that were refused since it is in the table. */
export function refusedIn(slot: Int32Array): number {
  return (read(slot, FLAGS) & HAS_REFUSED) === 0 ? 0 : readCount(slot, REFUSED);
}

function episodeOf(slot: Int32Array, now: number): EpisodeState {
  const count = readCount(slot, UNREPORTED_VIOLATIONS);
  const lastViolation = read(slot, LAST_VIOLATION);
  return {
    reason: reasonAt(reasonIn(read(slot, FLAGS), EPISODE_REASON)),
    count,
    wouldRefuse: readCount(slot, UNREPORTED_WOULD_REFUSE),
    total: readCount(slot, REPORTED_VIOLATIONS) + count,
    duration: readCount(slot, EPISODE_AGE) + elapsed(read(slot, LAST_LINE), lastViolation),
    peak: read(slot, EPISODE_PEAK),
    lastViolation: fromTick(lastViolation, now),
  };
}

export function episodeLineOf(slot: Int32Array, phase: 'summary' | 'end', now: number): EpisodeLine {
  const elsewhere = read(slot, SHARED_AT + REMOTE);
  return {
    phase,
    ...identityOf(slot),
    ...episodeOf(slot, now),
    open: read(slot, OPEN),
    silent: read(slot, SILENT),
    ...(elsewhere > 0 ? { elsewhere } : {}),
  };
}

function reasonOfSlot(flags: number): Reason | null {
  if ((flags & EPISODE) !== 0) return reasonAt(reasonIn(flags, EPISODE_REASON));
  if ((flags & BLOCKED) !== 0) return reasonAt(reasonIn(flags, BLOCK_REASON));
  return (flags & SHADOW_BLOCKED) === 0 ? null : reasonAt(reasonIn(flags, SHADOW_BLOCK_REASON));
}

export function sourceStateOf(slot: Int32Array, now: number): SourceState {
  const flags = read(slot, FLAGS);
  return {
    ...identityOf(slot),
    open: read(slot, OPEN),
    silent: read(slot, SILENT),
    shadow: read(slot, SHADOW),
    shadowSilent: read(slot, SHADOW_SILENT),
    peak: read(slot, PEAK),
    refused: refusedIn(slot),
    blockedUntil: (flags & BLOCKED) === 0 ? null : fromTick(read(slot, BLOCKED_UNTIL), now),
    shadowBlockedUntil:
      (flags & SHADOW_BLOCKED) === 0 ? null : fromTick(read(slot, SHADOW_BLOCKED_UNTIL), now),
    reason: reasonOfSlot(flags),
    episode: (flags & EPISODE) === 0 ? null : episodeOf(slot, now),
  };
}
