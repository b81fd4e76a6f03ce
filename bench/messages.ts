import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { allowedProcessors, keepToLast } from '../src/enforcer/engine/processors.ts';
import type { EngineName } from '../src/policy/enforcer-settings.ts';
import { chooseEngine } from '../src/supervisor/workers/engines.ts';
import { Workers } from '../src/supervisor/workers/workers.ts';
import { memberOf, policyOf, ruleOf, snapshotOf } from '../test/policy/snapshots.ts';
import type { Benchmark, Setting } from './benchmark.ts';
import { Generator } from './load/generator.ts';
import type { Order } from './load/orders.ts';
import { runFirst } from './load/system-calls.ts';
import { threadTimes } from './measuring/machine.ts';
import { quantile } from './measuring/statistics.ts';
import { formatTable, number } from './measuring/table.ts';

const ports = { relay: 28_097, guarded: 28_098, backend: 28_099 } as const;
/** Connections that are busy at a time, and those that are all the while held. */
const outstanding = 64;
const talking = 1000;
/** Milliseconds between two messages, at most. */
const pause = 4;

const loads = ['nothing', 'relayed', 'refused', 'small messages'] as const;
type Load = (typeof loads)[number];

/** What a load does in about so many seconds; null: nothing. */
function orderOf(load: Load, seconds: number): Order | null {
  switch (load) {
    case 'nothing':
      return null;
    case 'relayed':
      return { type: 'flood', port: ports.relay, outstanding, seconds, purpose: 'exchange' };
    case 'refused':
      return { type: 'flood', port: ports.guarded, outstanding, seconds, purpose: 'be-refused' };
    case 'small messages':
      return { type: 'converse', connections: talking, seconds };
  }
}

/** Milliseconds from asking to the answer, and how much of its processor the worker had meanwhile, round by round. */
type Asked = { readonly worker: number[]; readonly idle: number[]; readonly busy: number[] };

async function timed(into: number[], ask: () => Promise<unknown>): Promise<void> {
  const begun = performance.now();
  await ask();
  into.push(performance.now() - begun);
}

class Plane {
  readonly #workers: Workers;
  readonly asked: Readonly<Record<Load, Asked>>;

  constructor(engine: EngineName) {
    this.#workers = new Workers({
      workers: 1,
      sources: 4096,
      engine,
      processors: allowedProcessors(),
      onViolations: () => undefined,
      onEpisodeLine: () => undefined,
      onEvent: () => undefined,
    });
    const none = (): Asked => ({ worker: [], idle: [], busy: [] });
    this.asked = {
      nothing: none(),
      relayed: none(),
      refused: none(),
      'small messages': none(),
    };
  }

  start(): Promise<void> {
    const members = [memberOf(ports.backend)];
    const policy = (id: number, port: number, threshold: number) =>
      policyOf({
        id,
        endpoints: [{ address: '127.0.0.1', port }],
        rule: ruleOf({ threshold, action: 'deny_no_log' }),
        members,
      });
    return this.#workers.apply(snapshotOf(policy(1, ports.relay, 60_000), policy(2, ports.guarded, 1)));
  }

  /** Asks the worker, and a thread that does nothing, in turn, while there is this load. */
  async ask(generator: Generator, idle: Worker, load: Load, seconds: number): Promise<void> {
    const { worker, idle: beside, busy } = this.asked[load];
    const order = orderOf(load, seconds);
    let isOver = false;
    const performed = (order === null ? setTimeout(seconds * 1000) : generator.perform(order)).then(() => {
      isOver = true;
    });
    const [begun, before] = [performance.now(), threadTimes(process.pid, 'levee-worker').named];
    while (!isOver) {
      // The smallest message that there is: to end a guard where there is none.
      await timed(worker, () => this.#workers.endGuard());
      await timed(beside, () => {
        idle.postMessage(0);
        return once(idle, 'message');
      });
      await setTimeout(1 + Math.random() * pause);
    }
    busy.push(
      (threadTimes(process.pid, 'levee-worker').named - before) / ((performance.now() - begun) / 1000),
    );
    await performed;
  }

  stop(): Promise<void> {
    return this.#workers.stop();
  }
}

function isWanted(title: string, words: readonly string[]): boolean {
  return words.length === 0 || words.some((each) => title.includes(each));
}

async function run({ quick, rows: words, print }: Setting): Promise<void> {
  if (process.platform !== 'linux') {
    print('skipped: the load generator speaks epoll, which is in Linux only');
    return;
  }
  const processors = allowedProcessors();
  if (processors !== null) keepToLast(processors);
  const idle = new Worker(new URL('./peers/answering.worker.ts', import.meta.url));
  const generator = new Generator(ports.backend, processors === null ? null : availableParallelism() - 1);
  const engines = (['epoll', 'node'] as const).filter((name) => chooseEngine(name).fault === null);
  const planes = engines.map((engine) => ({ engine, plane: new Plane(engine) }));
  // All threads must be there, which would have this priority, too. What is measured is how long a worker takes, not how
  // long this thread waits for a processor.
  await setTimeout(1000);
  if (!runFirst()) print('without real-time priority: all of it includes how long this thread waited itself');
  const rows: string[][] = [];
  for (const { engine, plane } of planes) {
    const wanted = loads.filter((load) => isWanted(`${engine}, ${load}`, words));
    await plane.start();
    await generator.perform({ type: 'hold', port: ports.relay, count: talking });
    await generator.perform({ type: 'hold', port: ports.guarded, count: 1 });
    for (let round = 0; round < (quick ? 1 : 5); round++)
      for (const load of wanted) await plane.ask(generator, idle, load, quick ? 0.3 : 3);
    await generator.perform({ type: 'release' });
    await plane.stop();
    for (const load of wanted) {
      const { worker, idle: beside, busy } = plane.asked[load];
      rows.push([
        `${engine}, ${load}`,
        number(worker.length),
        ...[0.5, 0.99, 1].map((part) => number(quantile(worker, part))),
        ...[0.5, 0.99, 1].map((part) => number(quantile(beside, part))),
        `${number(quantile(busy, 0.5) * 100)}%`,
      ]);
    }
  }
  await generator.end();
  await idle.terminate();
  print(
    formatTable(
      ['ms to an answer', 'asked', 'p50', 'p99', 'most', 'idle thread, p50', 'p99', 'most', 'of a processor'],
      rows,
    ),
  );
}

export default {
  title: 'how long a worker under full load takes to answer the main thread',
  isLong: true,
  run,
} satisfies Benchmark;
