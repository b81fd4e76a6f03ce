import { acquire, unlock } from '../../memory/lock.ts';
import { add, read, type Words } from '../../memory/words.ts';
import * as entryWord from './ledger.ts';
import { isInShadow, OVER, shadowAdmitted } from './ledger.ts';
import { entryOf, type Ledgers } from './ledgers.ts';
import { noteChange } from './sharing.ts';
import { freeIfIdle } from './slots.ts';
import {
  EPISODE,
  EPISODE_PEAK,
  FLAGS,
  OPEN,
  PEAK,
  SHADOW,
  SHADOW_EPOCH,
  SHADOW_SILENT,
  SILENT,
  type SourcesTable,
} from './table.ts';

/** What an entry keeps when it is counted elsewhere. */
const MARKS = entryWord.SILENT | entryWord.HELD;

function addSilent(words: Int32Array, at: number, inShadow: boolean, amount: 1 | -1): void {
  add(words, at + SILENT, amount);
  if (inShadow) add(words, at + SHADOW_SILENT, amount);
}

/**
 * Adds a connection whose entry has these flags to the counts of a slot, or takes it off, lock held.
 *
 * @returns whether it is part of the shadow count
 */
export function addConnection(table: SourcesTable, at: number, flags: number, amount: 1 | -1): boolean {
  const { words } = table;
  const inShadow = isInShadow(flags, read(words, at + SHADOW_EPOCH));
  add(words, at + OPEN, amount);
  if (inShadow) add(words, at + SHADOW, amount);
  if ((flags & entryWord.SILENT) !== 0) addSilent(words, at, inShadow, amount);
  noteChange(table, at);
  return inShadow;
}

/**
 * Points the entry of a connection at a slot and raises the slot's counts. Runs under the lock of the shard, where
 * the test against the threshold and this are one step: nothing is added before it is known to be below.
 */
export function count(
  table: SourcesTable,
  ledgers: Ledgers,
  reference: number,
  slot: number,
  inShadow: boolean,
): void {
  const { words } = table;
  const at = table.slotAt(slot);
  const entries = ledgers.wordsOf(reference);
  const entry = entryOf(reference);
  const shadow = inShadow ? shadowAdmitted(read(words, at + SHADOW_EPOCH)) : 0;
  const flags = entryWord.IN_USE | (read(entries, entry + entryWord.FLAGS) & MARKS) | shadow;
  entries[entry + entryWord.FLAGS] = flags;
  Atomics.store(entries, entry + entryWord.SLOT, slot);
  ledgers.link(table, at, reference);
  addConnection(table, at, flags, 1);
  const open = read(words, at + OPEN);
  // A proxy is no source whose connections somebody wants a threshold for.
  const isJudged = (flags & entryWord.HELD) === 0;
  if (isJudged && open > read(words, at + PEAK)) words[at + PEAK] = open;
  if ((read(words, at + FLAGS) & EPISODE) === 0) return;
  const cold = table.coldAt(at);
  if (open > read(words, cold + EPISODE_PEAK)) words[cold + EPISODE_PEAK] = open;
}

/**
 * The opposite of `count`, lock held. Returns whether the connection was part of the shadow count.
 *
 * @param into what its entry says instead of the slot: OVER, or 0 where it is to be counted again
 */
export function uncount(table: SourcesTable, ledgers: Ledgers, reference: number, into: 0 | -1): boolean {
  const entries = ledgers.wordsOf(reference);
  const entry = entryOf(reference);
  const slot = read(entries, entry + entryWord.SLOT);
  const at = table.slotAt(slot);
  ledgers.unlink(table, at, reference);
  const inShadow = addConnection(table, at, read(entries, entry + entryWord.FLAGS), -1);
  // Once it says OVER, its worker may use the entry for another connection, without the lock; and a slot that is free
  // must be what no entry says, in case this thread ends here.
  Atomics.store(entries, entry + entryWord.SLOT, into);
  freeIfIdle(table, table.shardOfSlot(slot), slot);
  return inShadow;
}

/**
 * Locks what an entry of one's own is counted in: the shard of its slot, or the first one while no slot counts it, so
 * that nobody counts it meanwhile.
 *
 * @returns the lock, to be unlocked; -1 for a connection that is over, with which nobody else has to do
 */
function lockEntry(table: SourcesTable, entries: Words, entry: number, worker: number): number {
  const { words } = table;
  for (;;) {
    const slot = Atomics.load(entries, entry + entryWord.SLOT);
    if (slot === OVER) return -1;
    const lock = table.shardAt(slot === 0 ? 0 : table.shardOfSlot(slot));
    acquire(words, lock, worker);
    if (Atomics.load(entries, entry + entryWord.SLOT) === slot) return lock;
    unlock(words, lock);
  }
}

/** Counts a connection of one's own out, for good; one that is over already stays so. */
export function leave(table: SourcesTable, ledgers: Ledgers, reference: number, worker: number): void {
  const entries = ledgers.wordsOf(reference);
  const entry = entryOf(reference);
  const lock = lockEntry(table, entries, entry, worker);
  if (lock < 0) return;
  if (read(entries, entry + entryWord.SLOT) !== 0) uncount(table, ledgers, reference, OVER);
  else Atomics.store(entries, entry + entryWord.SLOT, OVER);
  unlock(table.words, lock);
}

/** Marks a connection of one's own as silent, or no longer; a second time changes nothing. */
export function markSilent(
  table: SourcesTable,
  ledgers: Ledgers,
  reference: number,
  worker: number,
  isSilent: boolean,
): void {
  const entries = ledgers.wordsOf(reference);
  const entry = entryOf(reference);
  // Nobody else changes this flag.
  if (((read(entries, entry + entryWord.FLAGS) & entryWord.SILENT) !== 0) === isSilent) return;
  const lock = lockEntry(table, entries, entry, worker);
  if (lock < 0) return;
  const { words } = table;
  const flags = read(entries, entry + entryWord.FLAGS);
  const slot = read(entries, entry + entryWord.SLOT);
  entries[entry + entryWord.FLAGS] = flags ^ entryWord.SILENT;
  if (slot !== 0) {
    const at = table.slotAt(slot);
    addSilent(words, at, isInShadow(flags, read(words, at + SHADOW_EPOCH)), isSilent ? 1 : -1);
  }
  unlock(words, lock);
}
