import assert from 'node:assert/strict';
import { read } from '../../src/memory/words.ts';
import * as entry from '../../src/verdict/table/ledger.ts';
import { Ledger } from '../../src/verdict/table/ledger.ts';
import { entryOf, Ledgers } from '../../src/verdict/table/ledgers.ts';
import * as slotWord from '../../src/verdict/table/table.ts';
import { SourcesTable } from '../../src/verdict/table/table.ts';
import { randomFrom } from './random.ts';

/**
 * Leaves a shard as a worker that ended under its lock could have left it, and worse: every chain, link,
 * list of connections, count and free list is noise, and the dead worker's own entries there may be missing, marked as
 * silent or one too many. Slots half made are there too. What must stay for recovery is the flags and keys of slots, and
 * which slots the entries of the other ledgers point at.
 */
export function cutShort(
  buffer: SharedArrayBuffer,
  ledgers: readonly SharedArrayBuffer[],
  owner: number,
  seed: number,
): void {
  const random = randomFrom(seed);
  const table = new SourcesTable(buffer);
  const { words } = table;
  const shard = random(table.shards);
  const header = table.shardAt(shard);
  const first = table.firstSlot(shard);
  const noise = () => random(table.slotsPerShard) + 1;
  Atomics.store(words, header + slotWord.LOCK, owner);

  const touched = read(words, header + slotWord.TOUCHED);
  const halfMade = touched < table.slotsPerShard ? random(3) : 0;
  if (halfMade > 0) {
    const at = table.slotAt(first + touched);
    words[header + slotWord.TOUCHED] = touched + 1;
    words[at + slotWord.KEY] = 1000 + random(1000);
    if (halfMade === 2) words[at + slotWord.FLAGS] = slotWord.IN_USE;
  }
  for (let slot = first; slot < first + read(words, header + slotWord.TOUCHED); slot++) {
    const at = table.slotAt(slot);
    words[at + slotWord.NEXT] = noise();
    words[at + slotWord.OPEN] = noise();
    words[at + slotWord.SILENT] = noise();
    words[at + slotWord.SHADOW] = noise();
    words[at + slotWord.SHADOW_SILENT] = noise();
    words[at + slotWord.NEWEST] = noise();
  }
  for (let bucket = 0; bucket < table.buckets; bucket++) words[table.headAt(shard, 0) + bucket] = noise();
  words[header + slotWord.FREE] = noise();
  words[header + slotWord.USED] = noise();
  words[header + slotWord.HAND] = random(table.slotsPerShard);

  const all = new Ledgers(ledgers);
  for (let worker = 1; worker <= all.workers; worker++) {
    all.each(worker, (reference, entries) => {
      const at = entryOf(reference);
      const slot = read(entries, at + entry.SLOT);
      if (slot <= 0 || table.shardOfSlot(slot) !== shard) return;
      entries[at + entry.NEWER] = noise();
      entries[at + entry.OLDER] = noise();
    });
  }
  const dead = ledgers[owner - 1];
  assert.ok(dead);
  const ledger = new Ledger(dead);
  for (let connection = 0; connection < ledger.touched(); connection++) {
    const at = entry.entryAt(connection);
    const slot = read(ledger.words, at + entry.SLOT);
    const isHere = slot > 0 && table.shardOfSlot(slot) === shard;
    if (!isHere) continue;
    if (random(2) === 0) ledger.words[at + entry.FLAGS] = read(ledger.words, at + entry.FLAGS) ^ entry.SILENT;
    if (random(2) === 0) ledger.words[at + entry.SLOT] = 0;
  }
  const extra = ledger.peek();
  if (extra >= 0 && touched > 0 && random(2) === 0) {
    ledger.take(extra);
    ledger.words[entry.entryAt(extra) + entry.FLAGS] = entry.IN_USE;
    ledger.words[entry.entryAt(extra) + entry.SLOT] = first + random(touched);
  }
}
