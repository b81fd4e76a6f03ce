import { acquireSoon, seize, unlock } from '../../memory/lock.ts';
import { read } from '../../memory/words.ts';
import { uncount } from '../table/counting.ts';
import { Ledger, SLOT } from '../table/ledger.ts';
import { BLOCKS_STARTED, SourcesTable } from '../table/table.ts';
import { rebuildShard } from './rebuild.ts';

/** A shard whose lock the worker died with: nothing there is trusted but what `rebuildShard` needs. */
function mendShard(table: SourcesTable, shard: number, others: readonly Ledger[], dead: Ledger): void {
  const touched = dead.touched();
  for (let connection = 0; connection < touched; connection++) {
    const at = dead.entryAt(connection) + SLOT;
    const slot = read(dead.words, at);
    if (slot !== 0 && table.shardOfSlot(slot) === shard) dead.words[at] = 0;
  }
  rebuildShard(table, shard, others);
}

/** Takes the dead worker's connections off the counts; returns whether every shard could be locked. */
function subtract(table: SourcesTable, dead: Ledger): boolean {
  const busy = new Set<number>();
  const touched = dead.touched();
  for (let connection = 0; connection < touched; connection++) {
    const entry = dead.entryAt(connection);
    const slot = read(dead.words, entry + SLOT);
    if (slot === 0) continue;
    const shard = table.shardOfSlot(slot);
    if (busy.has(shard)) continue;
    const lock = table.shardAt(shard);
    if (acquireSoon(table.words, lock)) {
      uncount(table, dead, entry);
      unlock(table.words, lock);
    } else busy.add(shard);
  }
  return busy.size === 0;
}

/**
 * Gives back what a worker held that has ended, and empties its ledger for the next worker of that number.
 * The others run on meanwhile. For the main thread, after the worker's thread is gone; no worker may take the
 * number over before this returned true.
 *
 * @param otherLedgers the ledgers of all other workers, also of those that have ended and are not recovered
 * yet
 * @returns false when a shard was busy, perhaps because another worker died with its lock: call again, with
 * the same arguments, in a later turn of the event loop
 */
export function recoverWorker(
  buffer: SharedArrayBuffer,
  otherLedgers: readonly SharedArrayBuffer[],
  deadLedger: SharedArrayBuffer,
  deadWorker: number,
): boolean {
  const table = new SourcesTable(buffer);
  const dead = new Ledger(deadLedger);
  const others = otherLedgers.map((ledger) => new Ledger(ledger));
  for (let shard = 0; shard < table.shards; shard++) {
    const lock = table.shardAt(shard);
    if (!seize(table.words, lock, deadWorker)) continue;
    mendShard(table, shard, others, dead);
    // It may have died between starting a block and telling of it.
    Atomics.add(table.words, BLOCKS_STARTED, 1);
    unlock(table.words, lock);
  }
  const isComplete = subtract(table, dead);
  if (isComplete) dead.clear();
  return isComplete;
}
