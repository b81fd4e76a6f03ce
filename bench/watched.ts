import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, Setting } from './benchmark.ts';
import { Generator } from './load/generator.ts';
import { stayOn } from './load/system-calls.ts';
import { threadTimes } from './measuring/machine.ts';
import { median, quantile, spread } from './measuring/statistics.ts';
import { formatTable, number } from './measuring/table.ts';
import { startLevee } from './peers/levee.ts';
import { isInstalled } from './peers/process.ts';
import { portsOf, type RunningProxy } from './peers/proxy.ts';
import {
  lookAtTop,
  pageWatchers,
  type StartWatching,
  scrape,
  watchedConfiguration,
  whyNoTop,
} from './peers/watchers.ts';

const ports = portsOf(0, 28_110);
const doors = { page: 28_114, metrics: 28_115 };

/** All of Levee on one processor, its main thread beside its worker; whoever watches is where the load is. */
const apart = availableParallelism() > 1 && isInstalled('taskset');

/** Sources that hold a connection each, and flood. */
const sources = 5000;
const outstanding = 64;
const attempting = 128;
const visiting = 32;

/** What was measured in one round. */
type Round = {
  /** Microseconds of the worker for each. */
  readonly relayed: number;
  readonly refused: number;
  /** Of good clients beside the flood: how many a second, and the milliseconds of their p99. */
  readonly good: number;
  readonly slowest: number;
  /** Milliseconds of all other threads in a second. */
  readonly others: number;
};

const figures: readonly (readonly [string, (round: Round) => number])[] = [
  ['CPU of the worker per relayed connection, us', ({ relayed }) => relayed],
  ['CPU of the worker per refusal, us', ({ refused }) => refused],
  ['good clients beside the flood, per second', ({ good }) => good],
  ['their p99, ms', ({ slowest }) => slowest],
  ['CPU of all other threads, ms per second', ({ others }) => others],
];

/** Processor time of the worker, and of all other threads, in seconds. */
type Spent<Result> = { readonly result: Result; readonly worker: number; readonly others: number };

async function spending<Result>(
  levee: RunningProxy,
  meanwhile: () => Promise<Result>,
): Promise<Spent<Result>> {
  const [pid] = levee.processes();
  if (pid === undefined) throw new Error('Levee does not run');
  const before = threadTimes(pid, 'levee-worker');
  const result = await meanwhile();
  const after = threadTimes(pid, 'levee-worker');
  return { result, worker: after.named - before.named, others: after.others - before.others };
}

async function measure(generator: Generator, levee: RunningProxy, seconds: number): Promise<Round> {
  const flood = (port: number, purpose: 'exchange' | 'be-refused') =>
    spending(levee, () => generator.perform({ type: 'flood', port, outstanding, seconds, purpose }));
  const relayed = await flood(ports.relay, 'exchange');
  const refused = await flood(ports.guarded, 'be-refused');
  const beside = await spending(levee, () =>
    generator.perform({
      type: 'beside',
      port: ports.guarded,
      attackers: { sources, outstanding: attempting },
      outstanding: visiting,
      seconds,
    }),
  );
  const { endings } = refused.result;
  const all = [relayed, refused, beside];
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    relayed: (relayed.worker * 1e6) / relayed.result.endings.echoed,
    refused: (refused.worker * 1e6) / (endings.refused + endings.reset + endings.ended),
    good: beside.result.good / beside.result.seconds,
    slowest: quantile([...beside.result.latency], 0.99),
    others: (sum(all.map(({ others }) => others)) * 1000) / sum(all.map(({ result }) => result.seconds)),
  };
}

async function run({ quick, directory, print }: Setting): Promise<void> {
  if (process.platform !== 'linux') {
    print('skipped: the load generator speaks epoll, which is in Linux only');
    return;
  }
  const [rounds, seconds] = quick ? [2, 0.5] : [9, 1.2];
  const state = join(directory, 'levee');
  // Whoever watches is started from here.
  if (apart) stayOn(1);
  const generator = new Generator(ports.backend, apart ? 1 : null);
  const levee = await startLevee(state, ports, {
    workers: 1,
    processor: apart ? 0 : null,
    action: 'alert_deny',
    doors: { commands: watchedConfiguration(doors), ports: Object.values(doors) },
  });
  const page = await pageWatchers(doors.page);
  try {
    const { held } = await generator.perform({ type: 'hold', port: ports.guarded, count: sources, sources });
    await generator.perform({ type: 'hold', port: ports.guarded, count: 1 });
    const ways: ReadonlyMap<string, readonly StartWatching[]> = waysToWatch(state, page);
    // Most code is compiled only after it has run some ten thousand times.
    for (let turn = 0; turn < (quick ? 1 : 4); turn++) await measure(generator, levee, seconds);
    const measured = new Map<string, Round[]>([...ways.keys()].map((way) => [way, []]));
    const order = [...ways];
    for (let round = 0; round < rounds; round++) {
      for (const [way, starts] of order) {
        const watching = await Promise.all(starts.map((start) => start()));
        measured.get(way)?.push(await measure(generator, levee, seconds));
        for (const each of watching) await each.leave();
      }
      // Whoever comes first in one round comes last in the next.
      order.reverse();
    }
    print(report(measured, held));
  } finally {
    await page.close();
    await generator.end();
    await levee.stop();
  }
}

const nobody = 'nobody';

function waysToWatch(
  state: string,
  page: { readonly start: StartWatching; readonly how: string },
): ReadonlyMap<string, readonly StartWatching[]> {
  const metrics = (): ReturnType<StartWatching> => scrape(doors.metrics);
  const top = whyNoTop === false ? [() => lookAtTop(state)] : [];
  const ways: (readonly [string, readonly StartWatching[]])[] = [
    [nobody, []],
    [`the page, ${page.how}`, [page.start]],
    ['/metrics each second', [metrics]],
    ['levee top', top],
    ['all of them', [page.start, metrics, ...top]],
  ];
  return new Map(ways.filter(([way, starts]) => way === nobody || starts.length > 0));
}

function report(measured: ReadonlyMap<string, readonly Round[]>, held: number): string {
  const alone = measured.get(nobody) ?? [];
  const rows = figures.flatMap(([title, figureOf]) =>
    [...measured].map(([way, rounds]) => {
      const values = rounds.map(figureOf);
      const ratios = rounds.flatMap((round, index) => {
        const beside = alone[index];
        return beside === undefined ? [] : [figureOf(round) / figureOf(beside)];
      });
      const [least, most] = [quantile(ratios, 0).toFixed(2), quantile(ratios, 1).toFixed(2)];
      const ratio = way === nobody ? '' : `${median(ratios).toFixed(2)} (${least} - ${most})`;
      return [title, way, number(median(values)), `${Math.round(spread(values) * 100)}%`, ratio];
    }),
  );
  return [
    `${held} sources hold a connection each, and flood. The ratio to a round that nobody watches is the median of those of each round, with the least and the most.`,
    '',
    formatTable(['', 'who watches', 'median', 'spread', 'ratio'], rows),
  ].join('\n');
}

export default {
  title: 'a flood while somebody watches: the page, /metrics and levee top',
  isLong: true,
  run,
} satisfies Benchmark;
