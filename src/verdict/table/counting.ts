import { acquire, unlock } from '../../memory/lock.ts';
import { add, read } from '../../memory/words.ts';
import * as entryWord from './ledger.ts';
import { isInShadow, type Ledger, shadowAdmitted } from './ledger.ts';
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
export function addConnection(words: Int32Array, at: number, flags: number, amount: 1 | -1): boolean {
  const inShadow = isInShadow(flags, read(words, at + SHADOW_EPOCH));
  add(words, at + OPEN, amount);
  if (inShadow) add(words, at + SHADOW, amount);
  if ((flags & entryWord.SILENT) !== 0) addSilent(words, at, inShadow, amount);
  return inShadow;
}

/**
 * Points a ledger entry at a slot and raises the slot's counts. Runs under the lock of the shard, where the
 * test against the threshold and this are one step: nothing is added before it is known to be below.
 */
export function count(
  table: SourcesTable,
  ledger: Ledger,
  entry: number,
  slot: number,
  inShadow: boolean,
): void {
  const { words } = table;
  const at = table.slotAt(slot);
  const shadow = inShadow ? shadowAdmitted(read(words, at + SHADOW_EPOCH)) : 0;
  const flags = entryWord.IN_USE | (read(ledger.words, entry + entryWord.FLAGS) & MARKS) | shadow;
  ledger.words[entry + entryWord.FLAGS] = flags;
  ledger.words[entry + entryWord.SLOT] = slot;
  addConnection(words, at, flags, 1);
  const open = read(words, at + OPEN);
  if (open > read(words, at + PEAK)) words[at + PEAK] = open;
  if ((read(words, at + FLAGS) & EPISODE) === 0) return;
  const cold = table.coldAt(at);
  if (open > read(words, cold + EPISODE_PEAK)) words[cold + EPISODE_PEAK] = open;
}

/** The opposite of `count`, lock held. Returns whether the connection was part of the shadow count. */
export function uncount(table: SourcesTable, ledger: Ledger, entry: number): boolean {
  const slot = read(ledger.words, entry + entryWord.SLOT);
  ledger.words[entry + entryWord.SLOT] = 0;
  const flags = read(ledger.words, entry + entryWord.FLAGS);
  const inShadow = addConnection(table.words, table.slotAt(slot), flags, -1);
  freeIfIdle(table, table.shardOfSlot(slot), slot);
  return inShadow;
}

/** `uncount` under the lock that it needs. An uncounted connection counts as part of the shadow. */
export function release(table: SourcesTable, ledger: Ledger, entry: number, worker: number): boolean {
  const slot = read(ledger.words, entry + entryWord.SLOT);
  if (slot === 0) return true;
  const lock = table.shardAt(table.shardOfSlot(slot));
  acquire(table.words, lock, worker);
  const inShadow = uncount(table, ledger, entry);
  unlock(table.words, lock);
  return inShadow;
}

/** Marks the connection of an entry as silent, or no longer; a second time changes nothing. */
export function markSilent(
  table: SourcesTable,
  ledger: Ledger,
  entry: number,
  worker: number,
  isSilent: boolean,
): void {
  const flags = read(ledger.words, entry + entryWord.FLAGS);
  if (((flags & entryWord.SILENT) !== 0) === isSilent) return;
  const slot = read(ledger.words, entry + entryWord.SLOT);
  if (slot === 0) {
    ledger.words[entry + entryWord.FLAGS] = flags ^ entryWord.SILENT;
    return;
  }
  const { words } = table;
  const at = table.slotAt(slot);
  const lock = table.shardAt(table.shardOfSlot(slot));
  acquire(words, lock, worker);
  ledger.words[entry + entryWord.FLAGS] = flags ^ entryWord.SILENT;
  addSilent(words, at, isInShadow(flags, read(words, at + SHADOW_EPOCH)), isSilent ? 1 : -1);
  unlock(words, lock);
}
