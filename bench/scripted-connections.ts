import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Benchmark, Setting } from './benchmark.ts';
import { Generator } from './load/generator.ts';
import { processorTime } from './measuring/machine.ts';
import { median, quantile } from './measuring/statistics.ts';
import { formatTable, number, ratio } from './measuring/table.ts';
import { leveeProgram } from './peers/levee.ts';
import { leveeConfiguration, scriptingOf } from './peers/levee-configuration.ts';
import { isInstalled, startProgram, stopProgram, untilListening } from './peers/process.ts';

const ports = { plain: 28_101, empty: 28_102, hostile: 28_103, backend: 28_100 } as const;
const outstanding = 32;
/** Connections per second to each policy, in the open loop. */
const rate = 200;

const apart = availableParallelism() > 1 && isInstalled('taskset');

/** One that is cheap, and seven that want all that they can get. */
const hostile: Readonly<Record<string, string>> = {
  'an empty block': '',
  'endless loop': 'while true do end',
  'endless loop in pcall': 'while true do pcall(function() while true do end end) end',
  'memory bomb': 'keep = keep or {} while true do keep[#keep + 1] = ("x"):rep(1000) end',
  'a gigabyte of string.rep': 'local s = ("x"):rep(1e9)',
  'catastrophic pattern': 'local f = ("a"):rep(500):find(("a*"):rep(30) .. "b")',
  recursion: 'local function f() return 1 + f() end f()',
  'a deep table for the host':
    'local t = {} for i = 1, 5000 do t = {t} end PROXY:shared_table_create("t") PROXY:shared_table_insert("t", "k", t)',
  'a tenth of its budget': 'for i = 1, 10000 do end',
};

const events = ['TCP_ACCEPTED', 'SERVER_CONNECTED', 'STREAM_REQUEST_DATA', 'TCP_CLOSED'];
function inEvents(body: string): string {
  return events.map((event) => `when ${event} { ${body} }`).join('\n');
}

class Daemon {
  readonly #state: string;
  readonly #directory: string;
  readonly pid: number;

  constructor(state: string, directory: string, pid: number) {
    this.#state = state;
    this.#directory = directory;
    this.pid = pid;
  }

  /** Gives a policy a new version of its script. */
  script(policy: string, text: string): void {
    const file = join(this.#directory, 'script.conf');
    writeFileSync(file, scriptingOf(policy, text));
    execFileSync(leveeProgram, ['--state', this.#state, 'import', file]);
  }
}

/** Processor time of the daemon for each connection to a port, in microseconds. */
async function costOf(generator: Generator, { pid }: Daemon, port: number, seconds: number): Promise<number> {
  const before = processorTime(pid);
  const order = { type: 'flood', port, outstanding: outstanding, seconds, purpose: 'exchange' } as const;
  const { endings } = await generator.perform(order);
  return ((processorTime(pid) - before) * 1e6) / endings.echoed;
}

type Latencies = { readonly times: number[]; failed: number };

/** How long the connections to the first of some ports took, all of which are connected to at the same pace. */
async function paced(
  generator: Generator,
  to: readonly number[],
  seconds: number,
  into: Latencies,
): Promise<void> {
  const order = { type: 'paced', ports: to, rate: rate * to.length } as const;
  const performed = generator.perform(order);
  await setTimeout(seconds * 1000);
  generator.stop();
  const { port, latency, failed } = await performed;
  into.times.push(...[...latency].filter((_, index) => port[index] === to[0]));
  into.failed += failed;
}

async function run({ quick, directory, print }: Setting): Promise<void> {
  if (process.platform !== 'linux') {
    print('skipped: the load generator speaks epoll, which is in Linux only');
    return;
  }
  const state = join(directory, 'state');
  const file = join(directory, 'levee.conf');
  const policies = (['plain', 'empty', 'hostile'] as const).map((name) => ({
    name,
    port: ports[name],
    threshold: 60_000,
    action: 'alert_deny',
  }));
  const empty = scriptingOf('empty', 'when TCP_ACCEPTED {}');
  writeFileSync(file, `${leveeConfiguration(policies, ports.backend, 1)}${empty}`);
  execFileSync(leveeProgram, ['--state', state, 'import', file]);
  const child = startProgram([leveeProgram, '--state', state, 'daemon'], apart ? 0 : null);
  const generator = new Generator(ports.backend, apart ? 1 : null, true);
  try {
    await untilListening(ports.hostile, child);
    if (child.pid === undefined) throw new Error('a process without a number');
    const daemon = new Daemon(state, directory, child.pid);

    const rounds = quick ? 1 : 7;
    const seconds = quick ? 0.3 : 1.5;
    for (const port of [ports.plain, ports.empty]) await costOf(generator, daemon, port, seconds);
    const plain: number[] = [];
    const scripted: number[] = [];
    for (let round = 0; round < rounds; round++) {
      plain.push(await costOf(generator, daemon, ports.plain, seconds));
      scripted.push(await costOf(generator, daemon, ports.empty, seconds));
    }
    const [without, with_] = [median(plain), median(scripted)];
    print(
      'Processor time for one relayed connection, microseconds: an empty TCP_ACCEPTED beside no script.\n',
    );
    print(
      formatTable(
        ['no script', 'empty block', 'the difference'],
        [[number(without), number(with_), (with_ - without).toFixed(1)]],
      ),
    );

    const windows = quick ? 1 : 14;
    const window = quick ? 1 : 1.5;
    const rows: string[][] = [];
    await paced(generator, [ports.plain, ports.empty], 2 * window, { times: [], failed: 0 });
    for (const [name, body] of Object.entries(hostile)) {
      daemon.script('hostile', inEvents(body));
      const alone: Latencies = { times: [], failed: 0 };
      const beside: Latencies = { times: [], failed: 0 };
      // In turn, so that what else the machine does is in both. The first has all that it takes to switch a script off.
      for (let turn = 0; turn < windows; turn++) {
        await paced(generator, [ports.plain, ports.hostile], window, beside);
        await paced(generator, [ports.plain], window, alone);
      }
      const values = [0.5, 0.99].map((part) => [quantile(alone.times, part), quantile(beside.times, part)]);
      const row = values.flat().map((value) => value.toFixed(2));
      const [, [before = 0, after = 0] = []] = values;
      rows.push([name, ...row, ratio(after, before), String(alone.failed + beside.failed)]);
    }
    print(`
A policy without a script, alone and while as many connections (${rate}/s) go to one in the same worker whose script
does that in four events: milliseconds from when a connection was due to its byte being back.
`);
    const head = ['the script beside it', 'median', 'beside', 'p99', 'beside', 'p99 to p99', 'lost'];
    print(formatTable(head, rows));
  } finally {
    await generator.end();
    await stopProgram(child);
  }
}

export default {
  title: 'what scripts cost connections, theirs and others',
  isLong: true,
  run,
} satisfies Benchmark;
