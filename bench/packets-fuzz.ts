import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runChangingRules } from '../test/packet-rules/fuzzing.ts';
import { chunksOf } from '../test/packets/chunks.ts';
import { processCapture, spoiled } from '../test/packets/fuzzing.ts';
import { Noise } from '../test/packets/noise.ts';
import { judged } from '../test/replay/judging.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { quantile } from './measuring/statistics.ts';
import { number } from './measuring/table.ts';

/** What a run needs a thousandth of: one that takes longer is as good as hanging. */
const mostMs = 5000;

/** Every so often a capture is read out of a file, and goes through rules and a replay too. */
const fileEvery = 25;

/** The same bytes as they come out of a file, in chunks of any size. */
async function throughFile(bytes: Uint8Array, directory: string, noise: Noise): Promise<Uint8Array[]> {
  const path = join(directory, 'spoiled.pcap');
  await writeFile(path, bytes);
  const chunks: Uint8Array[] = [];
  const highWaterMark = 1 + noise.below(noise.below(2) === 0 ? 50 : bytes.length + 1);
  for await (const chunk of createReadStream(path, { highWaterMark })) chunks.push(chunk);
  return chunks;
}

/** What rules or a replay do wrong with a capture, or do otherwise because of how it comes. */
function wrongly(bytes: Uint8Array, chunks: readonly Uint8Array[], seed: number): string | undefined {
  if (judged(chunks) !== judged([bytes])) return 'a replay gives another report';
  // Rules write into what they are given.
  const copies = chunks.map((chunk) => Buffer.from(chunk));
  const { written, unexpected } = runChangingRules(copies, seed);
  if (unexpected.length > 0) return unexpected.join();
  const plain = runChangingRules([Uint8Array.from(bytes)], seed);
  return Buffer.compare(plain.written, written) === 0 ? undefined : 'rules give another output';
}

async function run({ quick, directory, print }: Setting): Promise<void> {
  const runs = quick ? 2000 : 100_000;
  const seed = Date.now() % 1_000_000;
  const times: number[] = [];
  const memory = (): number => process.memoryUsage().rss / 2 ** 20;
  let before = 0;
  for (let index = 0; index < runs; index++) {
    if (index === runs / 10) before = memory();
    const noise = new Noise(seed + index * 7919);
    const file = spoiled(noise);
    const isFromFile = index % fileEvery === 0;
    const chunks = isFromFile ? await throughFile(file, directory, noise) : chunksOf(file, noise);
    const problem = isFromFile ? wrongly(file, chunks, index + 1) : undefined;
    const started = performance.now();
    const growth = processCapture(chunks, noise);
    const took = performance.now() - started;
    if (problem !== undefined || growth !== undefined || took > mostMs) {
      throw new Error(`seed ${seed + index * 7919}: ${problem ?? growth ?? `${number(took)} ms`}`);
    }
    times.push(took);
  }
  print(
    `${number(runs)} spoiled captures from seed ${seed}: none threw, none hung, none grew past its limits. ` +
      `One in ${fileEvery} came out of a file, through rules and a replay too: whatever its chunks, the same comes out. ` +
      `Median ${number(quantile(times, 0.5))} ms, longest ${number(quantile(times, 1))} ms. ` +
      `Memory of the process ${number(before)} MiB after a tenth of it and ${number(memory())} MiB in the end.`,
  );
}

const benchmark: Benchmark = { title: '100,000 spoiled captures through the packet engine', run };
export default benchmark;
