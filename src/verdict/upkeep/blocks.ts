import { announceChange, ChangeWatch } from '../../memory/change.ts';
import { acquireSoon, unlock } from '../../memory/lock.ts';
import { read } from '../../memory/words.ts';
import { addressOf, isIPv4, MAPPED_BITS } from '../../net/address.ts';
import type { Steps } from '../../time/time-slice.ts';
import type { SourceScope } from '../table/key.ts';
import { BY_HAND, indexOfReason, NO_REASON, type Reason, reasonAt } from '../table/reasons.ts';
import { SlotCursor } from '../table/slot-cursor.ts';
import {
  BLOCK_REASON,
  BLOCKED_DIRECTLY,
  BLOCKED_UNTIL,
  BLOCKS_STARTED,
  FLAGS,
  reasonIn,
  SLOT_WORDS,
  SourcesTable,
} from '../table/table.ts';
import { fromTick, toTick } from '../table/ticks.ts';
import { liveBlock, writeBlock } from '../table/violations.ts';
import { copySlot, identityOf, refusedIn, type SourceIdentity } from './source-state.ts';
import { visitSlots } from './visit-slots.ts';

// For the main thread, while workers run or before. `now` is on the clock of `Gate.admit` everywhere.

/** A block that has not ended. Whether it has an effect now is for `blockApplies` to say. */
export type Block = SourceIdentity & {
  /** Of the violation that started it. */
  readonly reason: Reason;
  /** Its end, on the caller's clock. */
  readonly until: number;
};

/** A block with what came of it. */
export type ListedBlock = Block & {
  /** Connections of its source that were refused since it is in the table, before its block too. */
  readonly refused: number;
  /** A connection has begun it that came from its source itself; false also where nobody knows. */
  readonly isDirect: boolean;
};

/** Changes whenever a block starts, in any worker, or is lifted: time to list them. */
export function blocksStarted(buffer: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(buffer), BLOCKS_STARTED);
}

/** Calls when it is another than it was. */
export function watchBlocks(buffer: SharedArrayBuffer, changed: () => void): ChangeWatch {
  return new ChangeWatch(new Int32Array(buffer), BLOCKS_STARTED, changed);
}

/** Seconds: no rule and no list blocks for more than an hour, but an administrator may. */
const longestBlock = 86_400;

/** Where a block is in the table, and its end as the table has it. */
export type BlockPlace = { readonly slot: number; readonly end: number };

/** Blocks that somebody knows already. A slot has one block at a time, and a later one ends later. */
export class KnownBlocks {
  readonly #ends: Int32Array;

  constructor(buffer: SharedArrayBuffer) {
    const { shards, slotsPerShard } = new SourcesTable(buffer);
    this.#ends = new Int32Array(1 + shards * slotsPerShard);
  }

  has({ slot, end }: BlockPlace): boolean {
    // 0: none.
    return end !== 0 && this.#ends[slot] === end;
  }

  add({ slot, end }: BlockPlace): void {
    this.#ends[slot] = end;
  }

  clear(): void {
    this.#ends.fill(0);
  }
}

/**
 * Shows every block that has not ended, but for those that are known; those that monitor-mode would make are none.
 *
 * @returns false when a shard was busy and is missing: try again in a later turn of the event loop
 */
export function* listBlocks(
  buffer: SharedArrayBuffer,
  now: number,
  visit: (block: ListedBlock, place: BlockPlace) => void,
  known: KnownBlocks | null = null,
): Steps<boolean> {
  const table = new SourcesTable(buffer);
  const { words } = table;
  const tick = toTick(now);
  const copy = new Int32Array(SLOT_WORDS);
  const place = { slot: 0, end: 0 };
  const isShown = (at: number, slot: number): boolean => {
    if (liveBlock(table, at, tick) === NO_REASON) return false;
    place.slot = slot;
    place.end = Atomics.load(words, table.coldAt(at) + BLOCKED_UNTIL);
    return known?.has(place) !== true;
  };
  const copyOne = (_shard: number, slot: number, at: number): boolean => {
    copySlot(table, at, copy);
    return isShown(at, slot);
  };
  return yield* visitSlots(table, isShown, copyOne, () =>
    visit(
      {
        ...identityOf(copy),
        reason: reasonAt(reasonIn(read(copy, FLAGS), BLOCK_REASON)),
        until: fromTick(place.end, now),
        refused: refusedIn(copy),
        isDirect: (read(copy, FLAGS) & BLOCKED_DIRECTLY) !== 0,
      },
      { ...place },
    ),
  );
}

/** Does something with the source of a cursor, under the lock of its shard; `busy` when that was not to be had. */
function lockedAt<T>({ words }: SourcesTable, { header }: SlotCursor, use: () => T): T | 'busy' {
  if (!acquireSoon(words, header)) return 'busy';
  const result = use();
  unlock(words, header);
  return result;
}

type Network = { readonly address: Uint32Array; readonly prefixes: readonly number[] };

/** The prefix lengths, over 128 bits, of the sources that a text can mean. */
function networkOf(text: string): Network | null {
  const [host = '', length, ...more] = text.split('/');
  const address = addressOf(host);
  if (more.length > 0 || address === null) return null;
  const before = isIPv4(address) ? MAPPED_BITS : 0;
  const bits = 128 - before;
  if (length === undefined) {
    return { address, prefixes: Array.from({ length: bits + 1 }, (_, prefix) => before + prefix) };
  }
  if (!/^\d{1,3}$/.test(length) || Number(length) > bits) return null;
  return { address, prefixes: [before + Number(length)] };
}

/**
 * Ends the blocks of a source under a policy: its next connection is judged by the threshold, and the sweep ends
 * the episode.
 *
 * @param text an address, also one of many of the source, or a masked source with its length (`2001:db8::/64`)
 * @param lifted hears of each source whose block was ended
 * @returns `busy` when a shard was not to be had: call again in a later turn of the event loop
 */
export function liftBlock(
  buffer: SharedArrayBuffer,
  policy: number,
  text: string,
  now: number,
  lifted: (source: SourceIdentity) => void = () => {},
): 'lifted' | 'not-blocked' | 'no-address' | 'busy' {
  const network = networkOf(text);
  if (network === null) return 'no-address';
  const table = new SourcesTable(buffer);
  const { words } = table;
  const tick = toTick(now);
  const cursor = new SlotCursor(table);
  const copy = new Int32Array(SLOT_WORDS);
  const found = network.prefixes.map((prefix) => {
    cursor.seekNetwork(policy, network.address, prefix);
    const result = lockedAt(table, cursor, (): 'lifted' | 'not-blocked' => {
      const slot = cursor.find();
      const at = table.slotAt(slot);
      if (slot === 0 || liveBlock(table, at, tick) === NO_REASON) return 'not-blocked';
      words[table.coldAt(at) + BLOCKED_UNTIL] = tick;
      announceChange(words, BLOCKS_STARTED);
      copySlot(table, at, copy);
      return 'lifted';
    });
    if (result === 'lifted') lifted(identityOf(copy));
    return result;
  });
  if (found.includes('busy')) return 'busy';
  return found.includes('lifted') ? 'lifted' : 'not-blocked';
}

/**
 * Blocks a source under a policy for so many seconds, on the word of an administrator; a block that runs already ends
 * then instead.
 *
 * @param text an address, also one of many of the source, or a masked source with the length that counts
 * @param isTrusted whether an address is exempt
 * @param begun hears of the source
 * @returns `trusted` for an address that is exempt, `full` when the table has no room, `busy` when a shard was
 * not to be had: call again in a later turn of the event loop
 */
export function orderBlock(
  buffer: SharedArrayBuffer,
  scope: SourceScope,
  isTrusted: (address: Uint32Array) => boolean,
  text: string,
  seconds: number,
  now: number,
  begun: (source: SourceIdentity) => void,
): 'blocked' | 'no-address' | 'other-prefix' | 'trusted' | 'full' | 'busy' {
  const network = networkOf(text);
  if (network === null) return 'no-address';
  const { address, prefixes } = network;
  const prefix = isIPv4(address) ? MAPPED_BITS + scope.prefixV4 : scope.prefixV6;
  if (!prefixes.includes(prefix)) return 'other-prefix';
  if (isTrusted(address)) return 'trusted';
  const table = new SourcesTable(buffer);
  const tick = toTick(now);
  const cursor = new SlotCursor(table);
  const copy = new Int32Array(SLOT_WORDS);
  cursor.seekNetwork(scope.policy, address, prefix);
  const result = lockedAt(table, cursor, () => {
    const slot = cursor.findOrCreate(tick);
    if (slot === 0) return 'full';
    const at = table.slotAt(slot);
    writeBlock(table, at, BY_HAND, (tick + seconds * 1000) | 0);
    copySlot(table, at, copy);
    return 'blocked';
  });
  if (result === 'blocked') begun(identityOf(copy));
  return result;
}

/**
 * Puts a block of an earlier process back. One that runs already keeps its end; an end further off than any
 * block can last is shortened to that.
 *
 * @param known takes it, if it is restored as it is
 * @returns `full` when the table has no room for its source; `busy` when a shard was not to be had: call again
 * in a later turn of the event loop
 * @throws Error when the source is no address
 */
export function restoreBlock(
  buffer: SharedArrayBuffer,
  block: Block,
  now: number,
  known: KnownBlocks | null = null,
): 'restored' | 'ended' | 'full' | 'busy' {
  return placeBlock(buffer, block, now, known, false);
}

/** Blocks a source, or moves the end of the block that it has. Like `restoreBlock` in everything else. */
export function setBlock(
  buffer: SharedArrayBuffer,
  block: Block,
  now: number,
  known: KnownBlocks | null = null,
): 'restored' | 'ended' | 'full' | 'busy' {
  return placeBlock(buffer, block, now, known, true);
}

function placeBlock(
  buffer: SharedArrayBuffer,
  { policy, source, prefix, reason, until }: Block,
  now: number,
  known: KnownBlocks | null,
  moves: boolean,
): 'restored' | 'ended' | 'full' | 'busy' {
  if (until <= now) return 'ended';
  const address = addressOf(source);
  if (address === null) throw new Error(`${source} is no address`);
  const table = new SourcesTable(buffer);
  const tick = toTick(now);
  const cursor = new SlotCursor(table);
  cursor.seekNetwork(policy, address, isIPv4(address) ? MAPPED_BITS + prefix : prefix);
  return lockedAt(table, cursor, () => {
    const slot = cursor.findOrCreate(tick);
    if (slot === 0) return 'full';
    const at = table.slotAt(slot);
    const isLive = liveBlock(table, at, tick) !== NO_REASON;
    if (isLive && !moves) return 'restored';
    const end = toTick(Math.min(until, now + longestBlock * 1000));
    writeBlock(table, at, indexOfReason(reason), end);
    known?.add({ slot, end });
    return 'restored';
  });
}
