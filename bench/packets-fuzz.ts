import { Noise, processCapture, spoiled } from '../test/packets/fuzzing.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { quantile } from './measuring/statistics.ts';
import { number } from './measuring/table.ts';

/** What a run needs a thousandth of: one that takes longer is as good as hanging. */
const MOST_MS = 5000;

async function run({ quick, print }: Setting): Promise<void> {
  const runs = quick ? 2000 : 100_000;
  const seed = Date.now() % 1_000_000;
  const times: number[] = [];
  const memory = (): number => process.memoryUsage().rss / 2 ** 20;
  let before = 0;
  for (let index = 0; index < runs; index++) {
    if (index === runs / 10) before = memory();
    const noise = new Noise(seed + index * 7919);
    const file = spoiled(noise);
    const started = performance.now();
    const growth = processCapture(file, noise);
    const took = performance.now() - started;
    if (growth !== undefined || took > MOST_MS) {
      throw new Error(`seed ${seed + index * 7919}: ${growth ?? `${number(took)} ms`}`);
    }
    times.push(took);
  }
  print(
    `${number(runs)} spoiled captures from seed ${seed}: none threw, none hung, none grew past its limits. ` +
      `Median ${number(quantile(times, 0.5))} ms, longest ${number(quantile(times, 1))} ms. ` +
      `Memory of the process ${number(before)} MiB after a tenth of it and ${number(memory())} MiB in the end.`,
  );
}

const benchmark: Benchmark = { title: '100,000 spoiled captures through the packet engine', run };
export default benchmark;
