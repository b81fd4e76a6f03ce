import { spawnSync } from 'node:child_process';
import { availableParallelism, networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { softDescriptorLimit } from '../src/enforcer/sockets/system-calls.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { Generator } from './load/generator.ts';
import { type Comparison, compare, type Sample } from './measuring/comparison.ts';
import { besideFlood, costOf, memoryOf, moving } from './measuring/samples.ts';
import { formatTable } from './measuring/table.ts';
import { startHAProxy } from './peers/haproxy.ts';
import { startLevee } from './peers/levee.ts';
import { isInstalled } from './peers/process.ts';
import { portsOf, type RunningProxy } from './peers/proxy.ts';

const backend = 28_080;
/** The proxy has processor 0 for itself, client and backend share processor 1. */
const apart = availableParallelism() > 1 && isInstalled('taskset');
const proxyProcessor = apart ? 0 : null;
const loadProcessor = apart ? 1 : null;

/** Client and backend have a descriptor each for a connection, in one process; some are for other things. */
const wantedDescriptors = 65_536;
const otherDescriptors = 1500;
/** Milliseconds. */
const longestWarming = 20_000;

type Purpose = 'exchange' | 'reset' | 'be-refused';

const blockTitle = 'good clients while one source floods, block-period with kernel-block';

/** Rules of nftables are for a network namespace that is nobody else's. Null: the kernel may be told to refuse. */
const whyNoKernel = reasonAgainstKernel();

function isWanted(title: string, { rows }: Setting): boolean {
  return rows.length === 0 || rows.some((words) => title.includes(words));
}

function reasonAgainstKernel(): string | null {
  if (!isInstalled('nft')) return 'nft is not installed';
  if (process.getuid?.() !== 0) return 'it takes root';
  const others = Object.keys(networkInterfaces()).filter((name) => name !== 'lo');
  return others.length === 0 ? null : 'it takes a network namespace with loopback alone';
}

type Effort = {
  readonly rounds: number;
  readonly seconds: number;
  /** Connections of one kind until what is compiled while it runs is compiled. */
  readonly warming: number;
  readonly sources: number;
  readonly megabytes: number;
  /** Fresh starts for the memory of idle connections. */
  readonly starts: number;
};

/** A process may have more descriptors where that is permitted. Returns how many connections the load can hold. */
function mostHolding(): number {
  spawnSync('prlimit', ['--pid', String(process.pid), `--nofile=${wantedDescriptors}:${wantedDescriptors}`]);
  return Math.floor((softDescriptorLimit() - otherDescriptors) / 2);
}

/** What is started for a run, and stopped whatever comes. */
class Proxies {
  readonly #setting: Setting;
  readonly #held: number;
  readonly #running: RunningProxy[] = [];
  #started = 0;

  constructor(setting: Setting, held: number) {
    this.#setting = setting;
    this.#held = held;
  }

  levee(workers = 1, engine: 'epoll' | 'node' = 'epoll'): Promise<RunningProxy> {
    const state = join(this.#setting.directory, `levee-${this.#started}`);
    const processor = workers === 1 ? proxyProcessor : null;
    return this.#add(startLevee(state, this.#ports(), { workers, processor, action: 'deny_no_log', engine }));
  }

  /** One whose sources are blocked, in the kernel too. */
  blocking(): Promise<RunningProxy> {
    const state = join(this.#setting.directory, `levee-${this.#started}`);
    const options = {
      workers: 1,
      processor: proxyProcessor,
      action: 'block-period',
      kernelBlock: true,
    } as const;
    return this.#add(startLevee(state, this.#ports(), options));
  }

  haproxy(): Promise<RunningProxy> {
    const room = this.#held + 400;
    return this.#add(startHAProxy(this.#setting.directory, this.#ports(), proxyProcessor, room));
  }

  async stop(): Promise<void> {
    for (const proxy of this.#running) await proxy.stop();
  }

  #ports() {
    return portsOf(this.#started++, backend);
  }

  async #add(starting: Promise<RunningProxy>): Promise<RunningProxy> {
    const proxy = await starting;
    this.#running.push(proxy);
    return proxy;
  }
}

async function run(setting: Setting): Promise<void> {
  const { print, quick } = setting;
  if (process.platform !== 'linux') {
    print('skipped: the load generator speaks epoll, which is in Linux only');
    return;
  }
  if (!isInstalled('haproxy')) {
    print('skipped: HAProxy is not installed (apt-get install haproxy)');
    return;
  }
  const held = mostHolding();
  const sources = Math.min(held, 10_000);
  const effort: Effort = quick
    ? { rounds: 3, seconds: 0.4, warming: 4000, sources: Math.min(sources, 500), megabytes: 500, starts: 1 }
    : { rounds: 7, seconds: 1, warming: 60_000, sources, megabytes: 1500, starts: 3 };
  const proxies = new Proxies(setting, held);
  const generator = new Generator(backend, loadProcessor);
  try {
    const all = await comparisonsOf(generator, proxies, effort);
    const comparisons = all.filter(({ title }) => isWanted(title, setting));
    const rows: string[][] = [];
    for (const comparison of comparisons) {
      const row = await compare(comparison);
      print(`${row[0]}: ${row[3]}`);
      rows.push(row);
    }
    if (whyNoKernel !== null && isWanted(blockTitle, setting))
      rows.push([blockTitle, '-', '-', '-', '>= 3', '', `skipped: ${whyNoKernel}`]);
    print(report(rows));
  } finally {
    await proxies.stop();
    await generator.end();
  }
}

/** All that is compared, with its proxies started and warm. */
async function comparisonsOf(generator: Generator, proxies: Proxies, effort: Effort): Promise<Comparison[]> {
  const { rounds, seconds, sources, megabytes } = effort;
  /** The memory of those that were just started, and are stopped again. */
  const memory = async (start: () => Promise<RunningProxy>): Promise<Sample> => {
    const proxy = await start();
    try {
      return await memoryOf(generator, proxy, sources);
    } finally {
      await proxy.stop();
    }
  };
  const haproxy = await proxies.haproxy();
  const levee = await proxies.levee();
  const node = await proxies.levee(1, 'node');
  const two = await proxies.levee(2);
  const cost = (proxy: RunningProxy, port: number, purpose: Purpose) => () =>
    costOf(generator, proxy, port, purpose, seconds);
  const refusal = (proxy: RunningProxy) => async (): Promise<Sample> => {
    await generator.perform({ type: 'hold', port: proxy.ports.guarded, count: 1 });
    const sample = await cost(proxy, proxy.ports.guarded, 'be-refused')();
    await generator.perform({ type: 'release' });
    return sample;
  };
  const flooded = (proxy: RunningProxy, from: number, what: 'perSecond' | 'slowest') => async () =>
    (await besideFlood(generator, proxy, from, seconds))[what];
  const bulk =
    (proxy: RunningProxy, port: number, directions: 'one' | 'both', what: 'cost' | 'throughput') =>
    async (): Promise<Sample> =>
      (await moving(generator, proxy, port, directions, megabytes))[what];
  const both = (measure: (proxy: RunningProxy) => () => Promise<Sample>, ours = levee) => ({
    ours: measure(ours),
    theirs: measure(haproxy),
  });
  const warmed = (port: number, purpose: Purpose) => () => warmUp(generator, port, purpose, effort.warming);
  const relayed = (purpose: 'exchange' | 'reset', ours = levee) => ({
    warm: warmed(ours.ports.relay, purpose),
    ...both((proxy) => cost(proxy, proxy.ports.relay, purpose), ours),
  });
  const refused = (ours = levee) => ({
    warm: async (): Promise<void> => {
      await generator.perform({ type: 'hold', port: ours.ports.guarded, count: 1 });
      await warmed(ours.ports.guarded, 'be-refused')();
      await generator.perform({ type: 'release' });
    },
    ...both(refusal, ours),
  });
  const many = `${sources} sources`;
  const floods = [1, sources].flatMap((from) => {
    const beside = `while ${from === 1 ? 'one source floods' : `${many} flood`}`;
    return [
      {
        title: `good clients ${beside}`,
        unit: '/s',
        aim: { least: 1.2 },
        rounds,
        ...both((proxy) => flooded(proxy, from, 'perSecond')),
      },
      {
        title: `their p99 ${beside}`,
        unit: 'ms',
        aim: { most: 1 },
        rounds,
        ...both((proxy) => flooded(proxy, from, 'slowest')),
      },
    ];
  });
  const blocking = whyNoKernel === null ? await proxies.blocking() : null;
  const inKernel = (proxy: RunningProxy) => async (): Promise<Sample> =>
    (await besideFlood(generator, proxy, 1, seconds, false)).perSecond;
  const blocks =
    blocking === null
      ? []
      : [{ title: blockTitle, unit: '/s', aim: { least: 3 }, rounds, ...both(inKernel, blocking) }];
  const bulks = (['one', 'both'] as const).flatMap((directions) => {
    const way = directions === 'one' ? 'one way' : 'both ways';
    const ours = levee.ports.relay;
    return [
      {
        title: `CPU per GB ${way}`,
        unit: 's',
        aim: { most: 0.6 },
        rounds,
        ...both((proxy) => bulk(proxy, proxy.ports.relay, directions, 'cost')),
      },
      {
        title: `CPU per GB ${way}, HAProxy with splice-auto`,
        unit: 's',
        aim: { most: 0.6 },
        rounds,
        ours: bulk(levee, ours, directions, 'cost'),
        theirs: bulk(haproxy, haproxy.ports.special, directions, 'cost'),
      },
      {
        title: `throughput ${way}`,
        unit: 'GB/s',
        aim: { least: 1 },
        rounds,
        ...both((proxy) => bulk(proxy, proxy.ports.relay, directions, 'throughput')),
      },
    ];
  });
  return [
    {
      title: `memory of an idle connection, of ${sources}`,
      unit: 'KiB',
      aim: { most: 1 },
      rounds: effort.starts,
      ours: () => memory(() => proxies.levee()),
      theirs: () => memory(() => proxies.haproxy()),
    },
    {
      title: 'CPU per relayed connection, ended by FIN',
      unit: 'us',
      aim: { most: 0.95 },
      rounds,
      ...relayed('exchange'),
    },
    {
      title: 'CPU per relayed connection, ended by RST',
      unit: 'us',
      aim: { most: 0.95 },
      rounds,
      ...relayed('reset'),
    },
    { title: 'CPU per refusal', unit: 'us', aim: { most: 0.95 }, rounds, ...refused() },
    {
      title: 'CPU per relayed connection, with an empty TCP_ACCEPTED',
      unit: 'us',
      aim: { most: 1.05 },
      rounds,
      warm: warmed(levee.ports.special, 'exchange'),
      ours: cost(levee, levee.ports.special, 'exchange'),
      theirs: cost(haproxy, haproxy.ports.relay, 'exchange'),
    },
    ...floods,
    ...blocks,
    ...bulks,
    {
      title: 'CPU per relayed connection, two workers to one',
      unit: 'us',
      aim: { most: 1.15 },
      rounds,
      warm: async () => {
        await warmed(two.ports.relay, 'exchange')();
        await warmed(levee.ports.relay, 'exchange')();
      },
      ours: cost(two, two.ports.relay, 'exchange'),
      theirs: cost(levee, levee.ports.relay, 'exchange'),
    },
    {
      title: 'CPU per relayed connection, engine node',
      unit: 'us',
      aim: null,
      rounds,
      ...relayed('exchange', node),
    },
    { title: 'CPU per refusal, engine node', unit: 'us', aim: null, rounds, ...refused(node) },
  ];
}

/** Connections to one port until the code for them is compiled. */
async function warmUp(
  generator: Generator,
  port: number,
  purpose: Purpose,
  connections: number,
): Promise<void> {
  const begun = performance.now();
  for (let done = 0; done < connections && performance.now() < begun + longestWarming; ) {
    const order = { type: 'flood', port, outstanding: 64, seconds: 0.5, purpose } as const;
    const { endings } = await generator.perform(order);
    done += Object.values(endings).reduce((sum, count) => sum + count, 0);
  }
}

function report(rows: readonly (readonly string[])[]): string {
  const place = apart ? ', on a processor of its own; client and backend share the other' : '';
  return [
    '',
    `One worker or thread each${place}. All count the connections of a source. The ratio is the median of those of each round, with the least and the most.`,
    '',
    formatTable(['', 'Levee', 'HAProxy', 'ratio', 'aim', '', 'remarks'], rows),
  ].join('\n');
}

export default {
  title: 'Levee beside HAProxy: relayed and refused connections, floods, bulk, memory',
  isLong: true,
  run,
} satisfies Benchmark;
