import { formatAddress, isIPv4, MAPPED_BITS } from './address.ts';
import { KEY_ADDRESS, KEY_PREFIX } from './key.ts';
import {
  BLOCKED,
  BLOCKED_UNTIL,
  EPISODE,
  EPISODE_PEAK,
  FLAGS,
  KEY,
  LAST_VIOLATION,
  OPEN,
  PEAK,
  REFUSED,
  SHADOW,
  SHADOW_BLOCKED,
  SHADOW_BLOCKED_UNTIL,
  SLOT_WORDS,
  UNREPORTED_VIOLATIONS,
  UNREPORTED_WOULD_REFUSE,
} from './table.ts';
import { fromTick } from './ticks.ts';
import { read, readCount } from './words.ts';

/** Who a slot counts. */
export type SourceIdentity = {
  /** Row id of the policy. */
  readonly policy: number;
  /** The masked address as text. */
  readonly source: string;
  /** 0 to 32 for IPv4, 0 to 128 for IPv6. */
  readonly prefix: number;
};

/** The unreported rest of an episode. */
export type EpisodeState = {
  /**
   * Violations since the last line, the one that started the episode not included: it had a line of its own.
   */
  readonly count: number;
  /** Connections since the last line that enforcement refused or would have refused. */
  readonly wouldRefuse: number;
  /** The most that the source held at once during the episode. */
  readonly peak: number;
  /** On the caller's clock. */
  readonly lastViolation: number;
};

export type EpisodeEnd = SourceIdentity & EpisodeState & { readonly open: number };

/** One source of the table at one moment; times are on the caller's clock. */
export type SourceState = SourceIdentity & {
  readonly open: number;
  /** Those of them that enforcement would have admitted, and not closed since. */
  readonly shadow: number;
  readonly peak: number;
  readonly refused: number;
  /** The end of its block, also of one that is past or not enforced now; null when there is none. */
  readonly blockedUntil: number | null;
  readonly shadowBlockedUntil: number | null;
  readonly episode: EpisodeState | null;
};

/** Takes a copy of a slot, lock held, for the readers below. */
export const copySlot = (words: Int32Array, at: number, into: Int32Array): void => {
  for (let word = 0; word < SLOT_WORDS; word++) into[word] = read(words, at + word);
};

const identityOf = (slot: Int32Array): SourceIdentity => {
  const address = new Uint32Array(slot.subarray(KEY + KEY_ADDRESS, KEY + KEY_ADDRESS + 4));
  const prefix = read(slot, KEY + KEY_PREFIX);
  return {
    policy: read(slot, KEY),
    source: formatAddress(address),
    prefix: isIPv4(address) ? prefix - MAPPED_BITS : prefix,
  };
};

const episodeOf = (slot: Int32Array, now: number): EpisodeState => ({
  count: readCount(slot, UNREPORTED_VIOLATIONS),
  wouldRefuse: readCount(slot, UNREPORTED_WOULD_REFUSE),
  peak: read(slot, EPISODE_PEAK),
  lastViolation: fromTick(read(slot, LAST_VIOLATION), now),
});

export const episodeEndOf = (slot: Int32Array, now: number): EpisodeEnd => ({
  ...identityOf(slot),
  ...episodeOf(slot, now),
  open: read(slot, OPEN),
});

export const sourceStateOf = (slot: Int32Array, now: number): SourceState => {
  const flags = read(slot, FLAGS);
  return {
    ...identityOf(slot),
    open: read(slot, OPEN),
    shadow: read(slot, SHADOW),
    peak: read(slot, PEAK),
    refused: readCount(slot, REFUSED),
    blockedUntil: (flags & BLOCKED) === 0 ? null : fromTick(read(slot, BLOCKED_UNTIL), now),
    shadowBlockedUntil:
      (flags & SHADOW_BLOCKED) === 0 ? null : fromTick(read(slot, SHADOW_BLOCKED_UNTIL), now),
    episode: (flags & EPISODE) === 0 ? null : episodeOf(slot, now),
  };
};
