import { workerData } from 'node:worker_threads';
import { AtomicCounters } from '../../src/scripting/shared/counters.ts';
import { ScriptMemory } from '../../src/scripting/shared/memory.ts';
import { SharedTables } from '../../src/scripting/shared/tables.ts';

const { memory, worker }: { memory: SharedArrayBuffer; worker: number } = workerData;
const view = new ScriptMemory(memory, worker);
const counters = new AtomicCounters(view);
const tables = new SharedTables(view);
counters.create('counted');
counters.create('inserted');
tables.create('keys', 2048, 2 ** 30);
for (let turn = 0; turn < 20_000; turn++) counters.adjust('counted', 1);
for (let key = 0; key < 2000; key++) {
  const isOwn = tables.insert('keys', { key: Buffer.from(String(key)), value: Buffer.alloc(200) });
  if (isOwn) counters.adjust('inserted', 1);
}
