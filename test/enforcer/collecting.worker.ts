import { parentPort, workerData } from 'node:worker_threads';

/** Collects garbage at the moment at which others do, each time as if for the first time. */
const { barrier, threads, rounds }: { barrier: SharedArrayBuffer; threads: number; rounds: number } =
  workerData;
const arrived = new Int32Array(barrier);
const collections: (() => void)[] = [];
for (let round = 0; round < rounds; round++) {
  const { collect } = await import(`../../src/enforcer/engine/garbage.ts?${round}`);
  collections.push(collect);
}
for (const [round, collect] of collections.entries()) {
  Atomics.add(arrived, 0, 1);
  while (Atomics.load(arrived, 0) < threads * (round + 1));
  collect();
}
parentPort?.postMessage('done');
