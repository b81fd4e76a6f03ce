import { acquireSoon, unlock } from '../../memory/lock.ts';
import type { Steps } from '../../time/time-slice.ts';
import { type SourcesTable, TOUCHED } from '../table/table.ts';

/** A step is so many slots that are passed over; one that is looked at counts for many. */
const slotsInAStep = 1024;
const costOfALook = 16;

/**
 * Visits every slot that `isWanted` lets through without the lock, for the main thread. `held` runs under the lock of
 * the slot's shard, and must ask again; where it returns true, `then` runs once the lock is free.
 *
 * @returns false when a shard was busy and is missing: try again in a later turn of the event loop
 */
export function* visitSlots(
  table: SourcesTable,
  isWanted: (at: number, slot: number) => boolean,
  held: (shard: number, slot: number, at: number) => boolean,
  then: () => void,
): Steps<boolean> {
  const { words } = table;
  let isComplete = true;
  let cost = 0;
  for (let shard = 0; shard < table.shards; shard++) {
    const header = table.shardAt(shard);
    const touched = Atomics.load(words, header + TOUCHED);
    for (let index = 0; index < touched; index++) {
      const slot = table.firstSlot(shard) + index;
      const at = table.slotAt(slot);
      cost += 1;
      if (isWanted(at, slot)) {
        cost += costOfALook;
        if (!acquireSoon(words, header)) {
          isComplete = false;
          break;
        }
        const goesOn = held(shard, slot, at);
        unlock(words, header);
        if (goesOn) then();
      }
      if (cost < slotsInAStep) continue;
      cost = 0;
      yield;
    }
  }
  return isComplete;
}
