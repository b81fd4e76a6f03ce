import { announceChange } from '../../memory/change.ts';
import { acquireSoon, seize, unlock } from '../../memory/lock.ts';
import { read } from '../../memory/words.ts';
import { uncount } from '../table/counting.ts';
import { Ledger, OVER, SLOT } from '../table/ledger.ts';
import { entryOf, Ledgers } from '../table/ledgers.ts';
import { BLOCKS_STARTED, SourcesTable } from '../table/table.ts';
import { rebuildShard } from './rebuild.ts';

/** A shard whose lock the worker died with: nothing there is trusted but what `rebuildShard` needs. */
function mendShard(table: SourcesTable, shard: number, ledgers: Ledgers, dead: number): void {
  ledgers.each(dead, (reference, words) => {
    const at = entryOf(reference) + SLOT;
    const slot = read(words, at);
    if (slot > 0 && table.shardOfSlot(slot) === shard) words[at] = OVER;
  });
  rebuildShard(table, shard, ledgers, dead);
}

/** Takes the dead worker's connections off the counts; returns whether every shard could be locked. */
function subtract(table: SourcesTable, ledgers: Ledgers, dead: number): boolean {
  const busy = new Set<number>();
  ledgers.each(dead, (reference, words) => {
    const slot = Atomics.load(words, entryOf(reference) + SLOT);
    if (slot <= 0) return;
    const shard = table.shardOfSlot(slot);
    if (busy.has(shard)) return;
    const lock = table.shardAt(shard);
    if (acquireSoon(table.words, lock)) {
      // Another worker may have found out in between that it is over.
      if (read(words, entryOf(reference) + SLOT) > 0) uncount(table, ledgers, reference, OVER);
      unlock(table.words, lock);
    } else busy.add(shard);
  });
  return busy.size === 0;
}

/**
 * Gives back what a worker held that has ended, and empties its ledger for the next worker of that number.
 * The others run on meanwhile. For the main thread, after the worker's thread is gone; no worker may take the
 * number over before this returned true.
 *
 * @param buffers the ledgers of all workers by their numbers, also of those that have ended and are not recovered yet
 * @param dead the number of the worker
 * @returns false when a shard was busy, perhaps because another worker died with its lock: call again, with
 * the same arguments, in a later turn of the event loop
 * @throws RangeError when there is no such worker
 */
export function recoverWorker(
  buffer: SharedArrayBuffer,
  buffers: readonly SharedArrayBuffer[],
  dead: number,
): boolean {
  const own = buffers[dead - 1];
  if (own === undefined) throw new RangeError(`there is no worker ${dead}`);
  const table = new SourcesTable(buffer);
  const ledgers = new Ledgers(buffers);
  for (let shard = 0; shard < table.shards; shard++) {
    const lock = table.shardAt(shard);
    if (!seize(table.words, lock, dead)) continue;
    mendShard(table, shard, ledgers, dead);
    // It may have died between starting a block and telling of it.
    announceChange(table.words, BLOCKS_STARTED);
    unlock(table.words, lock);
  }
  const isComplete = subtract(table, ledgers, dead);
  if (isComplete) new Ledger(own).clear();
  return isComplete;
}
