import { read } from '../../memory/words.ts';
import { addConnection } from '../table/counting.ts';
import { FLAGS as ENTRY_FLAGS, type Ledger, SLOT } from '../table/ledger.ts';
import { freeIfIdle, linkSlot, shelveSlot } from '../table/slots.ts';
import {
  FLAGS,
  FREE,
  IN_USE,
  OPEN,
  SHADOW,
  SHADOW_SILENT,
  SILENT,
  type SourcesTable,
  TOUCHED,
  USED,
} from '../table/table.ts';

function recount(table: SourcesTable, shard: number, ledger: Ledger): void {
  const { words } = table;
  const touched = ledger.touched();
  for (let connection = 0; connection < touched; connection++) {
    const entry = ledger.entryAt(connection);
    // Entries of other shards may change under our eyes; one that points here can't.
    const slot = Atomics.load(ledger.words, entry + SLOT);
    if (slot === 0 || table.shardOfSlot(slot) !== shard) continue;
    const at = table.slotAt(slot);
    addConnection(words, at, read(ledger.words, entry + ENTRY_FLAGS), 1);
  }
}

/**
 * Makes a shard whole from what no cut-short step can spoil: the slots' flags and keys, and the ledgers of
 * everyone else. Chains, free list and counts are made anew. Lock held.
 */
export function rebuildShard(table: SourcesTable, shard: number, ledgers: readonly Ledger[]): void {
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
    if ((read(words, at + FLAGS) & IN_USE) !== 0) linkSlot(table, shard, slot);
    else shelveSlot(table, shard, slot);
  }
  for (const ledger of ledgers) recount(table, shard, ledger);
  for (let slot = first; slot < end; slot++) {
    if ((read(words, table.slotAt(slot) + FLAGS) & IN_USE) !== 0) freeIfIdle(table, shard, slot);
  }
}
