import assert from 'node:assert/strict';
import { it } from 'node:test';
import { read } from '../../src/memory/words.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { ADMIT } from '../../src/verdict/judge/verdict.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable, SourcesTable, TOUCHED } from '../../src/verdict/table/table.ts';
import { tableUsage } from '../../src/verdict/upkeep/sources.ts';
import { rounds } from '../campaign.ts';
import { limitWith } from './setting.ts';

const sources = rounds(300_000, 4_000_000);
/** How many of them are there at one time. */
const atOnce = 100;

function touchedIn(buffer: SharedArrayBuffer): number {
  const table = new SourcesTable(buffer);
  let touched = 0;
  for (let shard = 0; shard < table.shards; shard++)
    touched += read(table.words, table.shardAt(shard) + TOUCHED);
  return touched;
}

it('sources that are seen once leave no trace in the memory of the table', (test) => {
  const buffer = createSourcesTable(262_144);
  const { byteLength } = buffer;
  const gate = new Gate(buffer, [createLedger(atOnce)], 1);
  const limit = limitWith('alert_deny', { threshold: 1, prefixV6: 128 });
  const address = Uint32Array.of(0x2001_0db8, 0, 0, 0);
  const held: number[] = [];
  for (let source = 0; source < sources; source++) {
    address[2] = source & 1;
    address[3] = source;
    const oldest = held.length === atOnce ? held.shift() : undefined;
    if (oldest !== undefined) gate.release(oldest);
    if (gate.admit(limit, address, source) !== ADMIT) assert.fail(`source ${source} was refused`);
    held.push(gate.judgement.connection);
  }
  assert.equal(tableUsage(buffer).used, atOnce);
  for (const connection of held) gate.release(connection);
  assert.equal(tableUsage(buffer).used, 0);
  assert.equal(buffer.byteLength, byteLength);
  const touched = touchedIn(buffer);
  // A shard has touched as many as it once held together, which is more than its even share.
  assert.ok(touched < 64 * atOnce, `${touched} slots were touched`);
  test.diagnostic(`${touched} slots touched`);
});
