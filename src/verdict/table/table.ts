import { randomFillSync } from 'node:crypto';
import { read, type Words } from '../../memory/words.ts';
import { KEY_WORDS } from './key.ts';
import { FINAL_PEAKS_WORDS, LANE_WORDS, LANES } from './peak-layout.ts';

// Header of the table.
const SHARDS = 0;
const SLOTS_PER_SHARD = 1;
const BUCKETS = 2;
const SEED = 3;
/** Blocks begun since the table was made, modulo 2^32. */
export const BLOCKS_STARTED = 5;
/** How often sources have been told apart anew, under the locks of all shards: which prefixes of a policy count now. */
export const KEYS_EPOCH = 6;
/** How this node stands with others that share counts, as sharing.ts packs it; 0: it counts by itself. */
export const SHARING = 7;
/** The moment from which on nobody may have heard of this node: it is then cut off, whatever the word above says. */
export const HEARD_UNTIL = 8;
/** Connections of a source that are admitted before others know of them; 0: the usual number. */
export const BLIND_ALLOWANCE = 9;
const HEADER_WORDS = 16;

// Header of a shard: a cache line of its own.
export const LOCK = 0;
/** First slot of the free list, or 0. */
export const FREE = 1;
/** Slots that were ever used: those behind are untouched memory. */
export const TOUCHED = 2;
/** Slots in use. */
export const USED = 3;
/** Where the search for an evictable slot goes on. */
export const HAND = 4;
/** Two words each: connections of sources that found the shard full. */
export const FULL_ADMITTED = 5;
export const FULL_REFUSED = 7;
const SHARD_WORDS = 16;

// A slot: one source. What every admission and release touch is together, one line of the cache for each slot.
/** Next slot in the chain or in the free list, or 0. */
export const NEXT = 0;
export const FLAGS = 1;
export const KEY = 2;
export const OPEN = KEY + KEY_WORDS;
/** Those of them on which the client has not sent a byte for too long. */
export const SILENT = 9;
/** Those that enforcement would have admitted, and the silent ones of those. */
export const SHADOW = 10;
export const SHADOW_SILENT = 11;
/** Rises when a shadow block begins: connections shadow-admitted before it no longer count in the shadow. */
export const SHADOW_EPOCH = 12;
/** The most that it held at once since the slot is in use. */
export const PEAK = 13;
/** The connection that is counted here and was admitted last: a reference of ledgers.ts, or 0. */
export const NEWEST = 14;
/** From when on its connections are looked at again for some that are over, in microseconds modulo 2^32. */
export const NEXT_LOOK = 15;
/** Of a copy they come first. */
export const HOT_WORDS = 16;

// The rest of a slot is elsewhere: counted from `coldAt`.
export const BLOCKED_UNTIL = 16;
export const SHADOW_BLOCKED_UNTIL = 17;
/** Two words each: violations, and would-refuses, that no line has reported yet. */
export const UNREPORTED_VIOLATIONS = 18;
export const UNREPORTED_WOULD_REFUSE = 20;
/** Two words: violations of the episode that a line has reported. */
export const REPORTED_VIOLATIONS = 22;
/** Two words: milliseconds from the first violation of the episode to its last line. */
export const EPISODE_AGE = 24;
/** The moment of the last line of the episode. */
export const LAST_LINE = 26;
export const LAST_VIOLATION = 27;
/** The most that the source held at once during the episode. */
export const EPISODE_PEAK = 28;
/** Two words: connections refused since the slot is in use, if it has the flag of such. */
export const REFUSED = 29;
/** Looks in a row at its connections that have found none that is over. */
export const FRUITLESS = 31;
const COLD_WORDS = 16;

// Of a slot with the flag SHARED, once more elsewhere: counted from `sharedAt`, in a copy from SHARED_AT.
/** Connections that the source holds at other nodes. */
export const REMOTE = 0;
/** The least that another node may take for what it holds here. */
export const BASE = 1;
const SHARED_WORDS = 2;
export const SHARED_AT = HOT_WORDS + COLD_WORDS;
/** A slot in one piece: a copy of it. */
export const SLOT_WORDS = SHARED_AT + SHARED_WORDS;

// Flags of a slot.
export const IN_USE = 1;
export const BLOCKED = 2;
export const SHADOW_BLOCKED = 4;
export const EPISODE = 8;
// Three bits each, in the same word so that they change together with the flag.
export const EPISODE_REASON = 4;
export const BLOCK_REASON = 7;
export const SHADOW_BLOCK_REASON = 10;
/** Behind those. */
export const HAS_REFUSED = 1 << 13;
/** The block was begun by a connection that came from its source itself, as nobody announced it. */
export const BLOCKED_DIRECTLY = 1 << 14;
/** Other nodes have to do with it: its words REMOTE and BASE say something. Only the main thread sets and clears this. */
export const SHARED = 1 << 15;

export function reasonIn(flags: number, shift: number): number {
  return (flags >>> shift) & 7;
}

export function withReason(flags: number, shift: number, reason: number): number {
  return (flags & ~(7 << shift)) | (reason << shift);
}

export const minimumSources = 1024;
const maximumSources = 16 * 1024 * 1024;

const SOURCES_PER_SHARD = 4096;
const maximumShards = 256;

/** Slots are numbered from 1 over the whole table, so that 0 can mean none. */
export class SourcesTable {
  readonly words: Words;
  readonly shards: number;
  readonly slotsPerShard: number;
  /** Chains per shard, a power of two. */
  readonly buckets: number;
  readonly seed0: number;
  readonly seed1: number;
  readonly #slotsAt: number;
  /** From where a slot begins to where the rest of it would begin. */
  readonly #cold: number;
  /** Where the shared words of slots begin, and a bit for each slot whose count has changed. */
  readonly #shared: number;
  readonly #changed: number;
  /** Where the histograms of final-peaks.ts begin, behind all slots; and those that this view counts in. */
  readonly finalPeaks: number;
  readonly ownPeaks: number;

  /** @param worker the number of the worker whose view it is; 0: the main thread's */
  constructor(buffer: SharedArrayBuffer, worker = 0) {
    this.words = new Int32Array(buffer);
    this.shards = read(this.words, SHARDS);
    this.slotsPerShard = read(this.words, SLOTS_PER_SHARD);
    this.buckets = read(this.words, BUCKETS);
    this.seed0 = read(this.words, SEED);
    this.seed1 = read(this.words, SEED + 1);
    this.#slotsAt = HEADER_WORDS + this.shards * (SHARD_WORDS + this.buckets) - HOT_WORDS;
    const slots = this.shards * this.slotsPerShard;
    this.#cold = (slots - 1) * HOT_WORDS;
    this.#shared = this.#slotsAt + HOT_WORDS + slots * (HOT_WORDS + COLD_WORDS) - SHARED_WORDS;
    this.#changed = this.#shared + SHARED_WORDS + slots * SHARED_WORDS;
    this.finalPeaks = this.words.length - FINAL_PEAKS_WORDS;
    this.ownPeaks = this.finalPeaks + (worker % LANES) * LANE_WORDS;
  }

  /** Where a shard's header begins; its lock is the first word. */
  shardAt(shard: number): number {
    return HEADER_WORDS + shard * SHARD_WORDS;
  }

  shardOfHash(hash: number): number {
    return hash & (this.shards - 1);
  }

  shardOfSlot(slot: number): number {
    return ((slot - 1) / this.slotsPerShard) | 0;
  }

  /** Where the head of a chain is. */
  headAt(shard: number, hash: number): number {
    const bucket = (hash >>> 8) & (this.buckets - 1);
    return HEADER_WORDS + this.shards * SHARD_WORDS + shard * this.buckets + bucket;
  }

  /** Where a slot begins. */
  slotAt(slot: number): number {
    return this.#slotsAt + slot * HOT_WORDS;
  }

  /** From where the words of the rest of a slot count. */
  coldAt(at: number): number {
    return at + this.#cold;
  }

  /** The slot that begins there. */
  slotOf(at: number): number {
    return (at - this.#slotsAt) / HOT_WORDS;
  }

  /** From where its shared words count. */
  sharedAt(at: number): number {
    return this.#shared + this.slotOf(at) * SHARED_WORDS;
  }

  /** The word of the bit by which it says that its count has changed: that of `changedBit`. */
  changedAt(slot: number): number {
    return this.#changed + (slot >>> 5);
  }

  firstSlot(shard: number): number {
    return 1 + shard * this.slotsPerShard;
  }
}

/**
 * Shared memory for `capacity` sources (1,024 to 16M), about 145 bytes each, touched only as they come; and 3 MB
 * for the peaks of those that have left.
 *
 * Sources spread over shards by hash, so one shard is full before the others. Each therefore has its even
 * share and five standard deviations more: `capacity` sources fit, whichever they are.
 *
 * @throws RangeError when the capacity is out of range.
 */
export function createSourcesTable(capacity: number): SharedArrayBuffer {
  if (!Number.isInteger(capacity) || capacity < minimumSources || capacity > maximumSources) {
    throw new RangeError(`a sources table holds ${minimumSources} to ${maximumSources} sources`);
  }
  const powerOfTwo = 2 ** Math.floor(Math.log2(capacity / SOURCES_PER_SHARD));
  const shards = Math.min(maximumShards, Math.max(1, powerOfTwo));
  const share = capacity / shards;
  const slotsPerShard = shards === 1 ? capacity : Math.ceil(share + 5 * Math.sqrt(share));
  const buckets = 2 ** Math.ceil(Math.log2(share));
  const slots = shards * (SHARD_WORDS + buckets + slotsPerShard * SLOT_WORDS);
  const length = HEADER_WORDS + slots + changedWords(shards * slotsPerShard) + FINAL_PEAKS_WORDS;
  const buffer = new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT);
  const words = new Int32Array(buffer);
  words[SHARDS] = shards;
  words[SLOTS_PER_SHARD] = slotsPerShard;
  words[BUCKETS] = buckets;
  words.set(randomFillSync(new Int32Array(2)), SEED);
  return buffer;
}

function changedWords(slots: number): number {
  return (slots >>> 5) + 1;
}
