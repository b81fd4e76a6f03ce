import { copySlot, type SourceState, sourceStateOf } from './source.ts';
import { FLAGS, FULL_ADMITTED, FULL_REFUSED, IN_USE, SLOT_WORDS, SourcesTable, USED } from './table.ts';
import { visitSlots } from './visit-slots.ts';
import { read, readCount } from './words.ts';

/**
 * Shows every source of the table, each as it was at one moment. For the main thread.
 *
 * @param now on the clock of `Gate.admit`
 * @returns false when a shard was busy and is missing: try again in a later turn of the event loop
 */
export const listSources = (
  buffer: SharedArrayBuffer,
  now: number,
  visit: (source: SourceState) => void,
): boolean => {
  const table = new SourcesTable(buffer);
  const copy = new Int32Array(SLOT_WORDS);
  const copyOne = (_shard: number, _slot: number, at: number): boolean => {
    copySlot(table.words, at, copy);
    return (read(copy, FLAGS) & IN_USE) !== 0;
  };
  return visitSlots(table, IN_USE, copyOne, () => visit(sourceStateOf(copy, now)));
};

export type TableUsage = {
  /** Sources that it has room for. */
  readonly capacity: number;
  /** Sources in it now. */
  readonly used: number;
  /** Connections admitted uncounted because the table was full, since it was made. */
  readonly fullAdmitted: number;
  /** Connections refused because the table was full, since it was made. */
  readonly fullRefused: number;
};

/** Sums over the shards, without a lock: under way they may be one connection apart. */
export const tableUsage = (buffer: SharedArrayBuffer): TableUsage => {
  const table = new SourcesTable(buffer);
  const { words } = table;
  let used = 0;
  let fullAdmitted = 0;
  let fullRefused = 0;
  for (let shard = 0; shard < table.shards; shard++) {
    const header = table.shardAt(shard);
    used += Atomics.load(words, header + USED);
    fullAdmitted += readCount(words, header + FULL_ADMITTED);
    fullRefused += readCount(words, header + FULL_REFUSED);
  }
  return { capacity: table.shards * table.slotsPerShard, used, fullAdmitted, fullRefused };
};
