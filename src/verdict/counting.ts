import * as entryWord from './ledger.ts';
import { isInShadow, type Ledger, shadowAdmitted } from './ledger.ts';
import { acquire, unlock } from './lock.ts';
import { freeIfIdle } from './slots.ts';
import { EPISODE_PEAK, OPEN, PEAK, SHADOW, SHADOW_EPOCH, type SourcesTable } from './table.ts';
import { add, read } from './words.ts';

/**
 * Points a ledger entry at a slot and raises the slot's counts. Runs under the lock of the shard, where the
 * test against the threshold and this are one step: nothing is added before it is known to be below.
 */
export const count = (
  table: SourcesTable,
  ledger: Ledger,
  entry: number,
  slot: number,
  inShadow: boolean,
): void => {
  const { words } = table;
  const at = table.slotAt(slot);
  const open = read(words, at + OPEN) + 1;
  const shadow = inShadow ? shadowAdmitted(read(words, at + SHADOW_EPOCH)) : 0;
  ledger.words[entry + entryWord.FLAGS] = entryWord.IN_USE | shadow;
  ledger.words[entry + entryWord.SLOT] = slot;
  words[at + OPEN] = open;
  if (inShadow) add(words, at + SHADOW, 1);
  if (open > read(words, at + PEAK)) words[at + PEAK] = open;
  if (open > read(words, at + EPISODE_PEAK)) words[at + EPISODE_PEAK] = open;
};

/** The opposite of `count`, lock held. Returns whether the connection was part of the shadow count. */
export const uncount = (table: SourcesTable, ledger: Ledger, entry: number): boolean => {
  const { words } = table;
  const slot = read(ledger.words, entry + entryWord.SLOT);
  const at = table.slotAt(slot);
  const inShadow = isInShadow(read(ledger.words, entry + entryWord.FLAGS), read(words, at + SHADOW_EPOCH));
  ledger.words[entry + entryWord.SLOT] = 0;
  add(words, at + OPEN, -1);
  if (inShadow) add(words, at + SHADOW, -1);
  freeIfIdle(table, table.shardOfSlot(slot), slot);
  return inShadow;
};

/** `uncount` under the lock that it needs. An uncounted connection counts as part of the shadow. */
export const giveBack = (table: SourcesTable, ledger: Ledger, entry: number, owner: number): boolean => {
  const slot = read(ledger.words, entry + entryWord.SLOT);
  if (slot === 0) return true;
  const lock = table.shardAt(table.shardOfSlot(slot));
  acquire(table.words, lock, owner);
  const inShadow = uncount(table, ledger, entry);
  unlock(table.words, lock);
  return inShadow;
};
