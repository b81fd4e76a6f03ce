import { read } from '../../memory/words.ts';
import { addConnection } from '../table/counting.ts';
import { FLAGS as ENTRY_FLAGS, SLOT } from '../table/ledger.ts';
import { entryOf, type Ledgers } from '../table/ledgers.ts';
import { noteChange } from '../table/sharing.ts';
import { freeIfIdle, linkSlot, shelveSlot } from '../table/slots.ts';
import {
  FLAGS,
  FREE,
  IN_USE,
  NEWEST,
  OPEN,
  SHADOW,
  SHADOW_SILENT,
  SILENT,
  type SourcesTable,
  TOUCHED,
  USED,
} from '../table/table.ts';

function recount(table: SourcesTable, shard: number, ledgers: Ledgers, worker: number): void {
  ledgers.each(worker, (reference, entries) => {
    const entry = entryOf(reference);
    // Entries of other shards may change under our eyes; one that points here can't.
    const slot = Atomics.load(entries, entry + SLOT);
    if (slot <= 0 || table.shardOfSlot(slot) !== shard) return;
    const at = table.slotAt(slot);
    ledgers.link(table, at, reference);
    addConnection(table, at, read(entries, entry + ENTRY_FLAGS), 1);
  });
}

/**
 * Makes a shard whole from what no cut-short step can spoil: the slots' flags and keys, and the ledgers of
 * everyone but the worker that ended. Chains, free list, lists of connections and counts are made anew. Lock held.
 */
export function rebuildShard(table: SourcesTable, shard: number, ledgers: Ledgers, ended: number): void {
  const { words } = table;
  const header = table.shardAt(shard);
  const heads = table.headAt(shard, 0);
  const first = table.firstSlot(shard);
  const end = first + read(words, header + TOUCHED);
  words.fill(0, heads, heads + table.buckets);
  words[header + FREE] = 0;
  words[header + USED] = 0;
  for (let slot = first; slot < end; slot++) {
    const at = table.slotAt(slot);
    words[at + OPEN] = 0;
    words[at + SILENT] = 0;
    words[at + SHADOW] = 0;
    words[at + SHADOW_SILENT] = 0;
    words[at + NEWEST] = 0;
    noteChange(table, at);
    if ((read(words, at + FLAGS) & IN_USE) !== 0) linkSlot(table, shard, slot);
    else shelveSlot(table, shard, slot);
  }
  for (let worker = 1; worker <= ledgers.workers; worker++) {
    if (worker !== ended) recount(table, shard, ledgers, worker);
  }
  for (let slot = first; slot < end; slot++) {
    if ((read(words, table.slotAt(slot) + FLAGS) & IN_USE) !== 0) freeIfIdle(table, shard, slot);
  }
}
