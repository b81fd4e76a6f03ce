import { add, read } from '../../memory/words.ts';
import { recordFinalPeak } from './final-peaks.ts';
import { hashKey, isKeyAt, KEY_WORDS } from './key.ts';
import {
  BLOCKED,
  EPISODE,
  FLAGS,
  FREE,
  HAND,
  IN_USE,
  KEY,
  NEWEST,
  NEXT,
  OPEN,
  PEAK,
  SHADOW,
  SHADOW_BLOCKED,
  SHADOW_SILENT,
  SHARED,
  SILENT,
  type SourcesTable,
  TOUCHED,
  USED,
} from './table.ts';
import { isInBlock } from './violations.ts';

// Everything here runs under the lock of the shard.

/** What keeps a slot when its source holds nothing, until it ends; and what other nodes have to do with it. */
export const RETAINED = BLOCKED | SHADOW_BLOCKED | EPISODE;

/** Slots looked at for eviction, each time that a shard is full: the cost of a new source stays bounded. */
const evictionReach = 16;

function hashOfSlot(table: SourcesTable, at: number): number {
  return hashKey(table.seed0, table.seed1, table.words, at + KEY);
}

/** The slot of a key in its chain, or 0. */
export function findSlot(table: SourcesTable, head: number, key: Int32Array): number {
  let slot = read(table.words, head);
  while (slot !== 0) {
    const at = table.slotAt(slot);
    if (isKeyAt(table.words, at + KEY, key)) return slot;
    slot = read(table.words, at + NEXT);
  }
  return 0;
}

/** Puts a slot in use at the head of its chain. */
export function linkSlot(table: SourcesTable, shard: number, slot: number): void {
  const at = table.slotAt(slot);
  const head = table.headAt(shard, hashOfSlot(table, at));
  table.words[at + NEXT] = read(table.words, head);
  table.words[head] = slot;
  add(table.words, table.shardAt(shard) + USED, 1);
}

/** Puts a slot on the free list; it is in no chain. */
export function shelveSlot(table: SourcesTable, shard: number, slot: number): void {
  const at = table.slotAt(slot);
  const header = table.shardAt(shard);
  table.words[at + FLAGS] = 0;
  table.words[at + NEXT] = read(table.words, header + FREE);
  table.words[header + FREE] = slot;
}

/** Frees the slot if nothing needs it any more. */
export function freeIfIdle(table: SourcesTable, shard: number, slot: number): void {
  const { words } = table;
  const at = table.slotAt(slot);
  if (read(words, at + OPEN) > 0 || (read(words, at + FLAGS) & (RETAINED | SHARED)) !== 0) return;
  recordFinalPeak(table, at);
  let link = table.headAt(shard, hashOfSlot(table, at));
  while (read(words, link) !== slot) link = table.slotAt(read(words, link)) + NEXT;
  words[link] = read(words, at + NEXT);
  add(words, table.shardAt(shard) + USED, -1);
  shelveSlot(table, shard, slot);
}

/**
 * Frees a slot that only an ended block keeps, if one is near. A block has an episode, whose end is still to
 * be reported, unless its worker died between starting the two.
 */
function evict(table: SourcesTable, shard: number, tick: number): void {
  const { words } = table;
  const header = table.shardAt(shard);
  let hand = read(words, header + HAND);
  for (let inspected = 0; inspected < evictionReach; inspected++) {
    const slot = table.firstSlot(shard) + hand;
    const at = table.slotAt(slot);
    hand = hand + 1 < table.slotsPerShard ? hand + 1 : 0;
    words[header + HAND] = hand;
    const flags = read(words, at + FLAGS);
    if (read(words, at + OPEN) > 0 || (flags & (EPISODE | SHARED)) !== 0) continue;
    if (isInBlock(table, at, tick)) continue;
    words[at + FLAGS] = IN_USE;
    freeIfIdle(table, shard, slot);
    return;
  }
}

/** A slot off the free list or of untouched memory, or 0. */
function takeSlot(table: SourcesTable, shard: number): number {
  const { words } = table;
  const header = table.shardAt(shard);
  const free = read(words, header + FREE);
  if (free !== 0) {
    words[header + FREE] = read(words, table.slotAt(free) + NEXT);
    return free;
  }
  const touched = read(words, header + TOUCHED);
  if (touched === table.slotsPerShard) return 0;
  words[header + TOUCHED] = touched + 1;
  return table.firstSlot(shard) + touched;
}

/** A slot for a new key, in its chain; 0 when the shard is full. */
export function createSlot(table: SourcesTable, shard: number, key: Int32Array, tick: number): number {
  const { words } = table;
  let slot = takeSlot(table, shard);
  if (slot === 0) {
    evict(table, shard, tick);
    slot = takeSlot(table, shard);
    if (slot === 0) return 0;
  }
  const at = table.slotAt(slot);
  for (let word = 0; word < KEY_WORDS; word++) words[at + KEY + word] = read(key, word);
  words[at + OPEN] = 0;
  words[at + SILENT] = 0;
  words[at + SHADOW] = 0;
  words[at + SHADOW_SILENT] = 0;
  words[at + PEAK] = 0;
  words[at + NEWEST] = 0;
  // Last: a slot whose making was cut short is still free.
  words[at + FLAGS] = IN_USE;
  linkSlot(table, shard, slot);
  return slot;
}
