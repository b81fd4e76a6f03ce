import { availableParallelism } from 'node:os';
import { loadCalls } from '../src/enforcer/engine/epoll/calls.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { Generator } from './load/generator.ts';
import { type Comparison, compare, type Sample } from './measuring/comparison.ts';
import { costOf, costOfRoundTrip } from './measuring/samples.ts';
import { formatTable } from './measuring/table.ts';
import { startEngineRelay } from './peers/engine-relay.ts';
import { isInstalled } from './peers/process.ts';
import { portsOf, type RunningProxy } from './peers/proxy.ts';
import { CLOSE, Ring } from './ring/ring.ts';

const backend = 28_080;
const apart = availableParallelism() > 1 && isInstalled('taskset');
const busy = 64;
const idle = 1000;

/** The system's word for that it has no descriptor of this number. */
const nothing = -1;
const atOnce = 64;

/** A ring, or why there is none. */
function ringHere(): Ring | string {
  try {
    return new Ring();
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
}

/** Nanoseconds of processor time for one of so many. */
function timed(count: number, work: () => void): Sample {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return { value: ((user + system) * 1000) / count, busy: Number.NaN, fault: '' };
}

/** What asking costs: closing a descriptor that is none, by operations of which 64 are one call, and by as many calls. */
function asking(ring: Ring, rounds: number, count: number): Comparison {
  const { close } = loadCalls();
  const ignore = (): void => {};
  const inRing = (): void => {
    for (let asked = 0; asked < count; asked++) {
      ring.ask(CLOSE, nothing, 0, 0);
      if (asked % atOnce < atOnce - 1) continue;
      ring.wait(0);
      ring.take(ignore);
    }
  };
  const byCalls = (): void => {
    for (let asked = 0; asked < count; asked++) close(nothing);
  };
  return {
    title: `to ask the system for nothing, ${atOnce} times at once`,
    unit: 'ns',
    aim: null,
    rounds,
    warm: async () => {
      inRing();
      byCalls();
    },
    ours: async () => timed(count, inRing),
    theirs: async () => timed(count, byCalls),
  };
}

async function run({ print, quick }: Setting): Promise<void> {
  const ring = process.platform === 'linux' ? ringHere() : 'it is in Linux only';
  if (typeof ring === 'string') {
    print(`skipped: no io_uring: ${ring}`);
    return;
  }
  const { rounds, seconds } = quick ? { rounds: 3, seconds: 0.3 } : { rounds: 15, seconds: 0.7 };
  const processor = apart ? 0 : null;
  const generator = new Generator(backend, apart ? 1 : null);
  const running: RunningProxy[] = [];
  const start = async (kind: 'io_uring' | 'epoll'): Promise<RunningProxy> => {
    const relay = await startEngineRelay(kind, portsOf(running.length, backend), processor);
    running.push(relay);
    return relay;
  };
  try {
    const [ours, theirs] = [await start('io_uring'), await start('epoll')];
    const both = (measure: (proxy: RunningProxy) => Promise<Sample>) => ({
      warm: async (): Promise<void> => {
        for (let round = 0; round < 3; round++) for (const proxy of running) await measure(proxy);
      },
      ours: () => measure(ours),
      theirs: () => measure(theirs),
    });
    const cost = (purpose: 'exchange' | 'reset' | 'be-refused') =>
      both((proxy) => {
        const port = purpose === 'be-refused' ? proxy.ports.guarded : proxy.ports.relay;
        return costOf(generator, proxy, port, purpose, seconds);
      });
    const conversing = both(async (proxy) => {
      await generator.perform({ type: 'hold', port: proxy.ports.relay, count: busy + idle });
      const sample = await costOfRoundTrip(generator, proxy, busy, seconds);
      await generator.perform({ type: 'release' });
      return sample;
    });
    const shared = { unit: 'us', aim: null, rounds };
    const comparisons: Comparison[] = [
      { title: 'per relayed connection, ended by FIN', ...shared, ...cost('exchange') },
      { title: 'per relayed connection, ended by RST', ...shared, ...cost('reset') },
      { title: 'per refusal', ...shared, ...cost('be-refused') },
      { title: `per byte there and back, ${busy} of ${busy + idle} streams busy`, ...shared, ...conversing },
      asking(ring, rounds, quick ? 50_000 : 1_000_000),
    ];
    const rows: string[][] = [];
    for (const comparison of comparisons) {
      const [title = '', one = '', other = '', ratio = '', , , remarks = ''] = await compare(comparison);
      rows.push([title, one, other, ratio, remarks]);
    }
    print(formatTable(['CPU', 'io_uring', 'epoll', 'ratio', 'remarks'], rows));
  } finally {
    for (const relay of running) await relay.stop();
    await generator.end();
  }
}

export default {
  title: 'io_uring beside the engine on epoll, in a program that only relays',
  isLong: true,
  run,
} satisfies Benchmark;
