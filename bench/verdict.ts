import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { createLedger } from '../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../src/verdict/table/table.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { type GateOrder, limit } from './load/gate-orders.ts';
import { median } from './measuring/statistics.ts';
import { formatTable, number, ratio } from './measuring/table.ts';
import { MapLimiter } from './peers/map-limiter.ts';

const few = 4;
const many = 100_000;

/** Decisions (each with its release) per second of some threads over one table, all together. */
async function gates(threads: number, sources: number, rounds: number): Promise<number> {
  const table = createSourcesTable(262_144);
  const signal = new SharedArrayBuffer(8);
  const words = new Int32Array(signal);
  const ledgers = Array.from({ length: threads }, () => createLedger(1024));
  const workers = ledgers.map((_, index) => {
    const order: GateOrder = { table, ledgers, owner: index + 1, sources, rounds, signal };
    return new Worker(new URL('./load/gate.worker.ts', import.meta.url), { workerData: order });
  });
  const answers = workers.map((worker) => once(worker, 'message'));
  for (let ready = Atomics.load(words, 0); ready < threads; ready = Atomics.load(words, 0)) {
    const waiting = Atomics.waitAsync(words, 0, ready);
    if (waiting.async) await waiting.value;
  }
  Atomics.store(words, 1, 1);
  Atomics.notify(words, 1);
  const times = await Promise.all(answers);
  return times.reduce((sum, [time]) => sum + rounds / (Number(time) / 1000), 0);
}

/** The same with the peer, in this thread; its sources are texts, as `remoteAddress` gives them. */
function maps(sources: number, rounds: number): number {
  const limiter = new MapLimiter(limit.threshold);
  const names = Array.from(
    { length: sources },
    (_, index) => `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
  );
  const pass = (): void => {
    for (let round = 0; round < rounds; round++) {
      const name = names[round % sources] ?? '';
      if (limiter.admit(name)) limiter.release(name);
    }
  };
  pass();
  const started = performance.now();
  pass();
  return rounds / ((performance.now() - started) / 1000);
}

async function repeat(measure: () => Promise<number> | number, times: number): Promise<number> {
  const values: number[] = [];
  for (let time = 0; time < times; time++) values.push(await measure());
  return median(values);
}

async function run({ quick, print }: Setting): Promise<void> {
  const rounds = quick ? 200_000 : 2_000_000;
  const times = quick ? 1 : 3;
  const rows: string[][] = [];
  for (const sources of [few, many]) {
    const peer = await repeat(() => maps(sources, rounds), times);
    const one = await repeat(() => gates(1, sources, rounds), times);
    const two = await repeat(() => gates(2, sources, rounds), times);
    rows.push([number(sources), number(peer), number(one), number(two), ratio(one, peer), ratio(two, one)]);
  }
  print('An admission and its release, per second.\n');
  print(
    formatTable(
      ['sources', 'Map, 1 thread', 'Gate, 1 thread', 'Gate, 2 threads', '1 thread to Map', '2 threads to 1'],
      rows,
    ),
  );
}

export default { title: 'decisions of the sources table', run } satisfies Benchmark;
