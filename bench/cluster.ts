import { type ChildProcess, execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Benchmark, Setting } from './benchmark.ts';
import { Generator } from './load/generator.ts';
import { processorTime, threadTimes } from './measuring/machine.ts';
import { median, quantile } from './measuring/statistics.ts';
import { formatTable, number, ratio } from './measuring/table.ts';
import { leveeProgram } from './peers/levee.ts';
import { leveeConfiguration } from './peers/levee-configuration.ts';
import { isInstalled, startProgram, stopProgram, untilListening } from './peers/process.ts';

const ports = { backend: 28_110, alone: 28_111, member: 28_112, peer: 28_113, store: 28_114 } as const;
const outstanding = 32;
/** Connections per second in the open loop. */
const rate = 500;
const apart = availableParallelism() > 1 && isInstalled('taskset');

type Node = {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly port: number;
  readonly state: string;
};

/** Every connection changes a count that is told: a source holds 32, of a threshold of which a sixteenth is told. */
function configurationOf(port: number, name: string, isMember: boolean): string {
  const policy = { name: 'relay', port, threshold: 160, action: 'alert_deny' };
  const cluster = [
    'config system cluster',
    'set status enable',
    `set node-name ${name}`,
    'set key "a key that all nodes have"',
    'set blind-allowance 160',
    'config server-list',
    'edit 1',
    'set server 127.0.0.1',
    `set port ${ports.store}`,
    'end',
    'end',
    '',
  ];
  return `${leveeConfiguration([policy], ports.backend, 1)}${isMember ? cluster.join('\n') : ''}`;
}

async function startNode(directory: string, name: 'alone' | 'member' | 'peer'): Promise<Node> {
  const state = join(directory, name);
  const file = `${state}.conf`;
  writeFileSync(file, configurationOf(ports[name], name, name !== 'alone'));
  execFileSync(leveeProgram, ['--state', state, 'import', file]);
  // The peer is another machine: it does not stand in the way of those that are measured.
  const child = startProgram(
    [leveeProgram, '--state', state, 'daemon'],
    apart ? (name === 'peer' ? 1 : 0) : null,
  );
  await untilListening(ports[name], child);
  return { child, state, port: ports[name], pid: child.pid ?? 0 };
}

async function untilShared({ state }: Node): Promise<void> {
  for (;;) {
    const text = execFileSync(leveeProgram, ['--state', state, '-c', 'diagnose cluster status | json'], {
      encoding: 'utf8',
    });
    const { counts } = JSON.parse(text);
    if (counts?.standing === 'sharing' && counts.nodes === 2) return;
    await setTimeout(300);
  }
}

/** Microseconds of processor time for a relayed connection: of the worker, and of all other threads. */
type Cost = { readonly worker: number; readonly others: number };

async function costOf(generator: Generator, { pid, port }: Node, seconds: number): Promise<Cost> {
  const before = threadTimes(pid, 'levee-worker');
  const order = { type: 'flood', port, outstanding, seconds, purpose: 'exchange' } as const;
  const { endings } = await generator.perform(order);
  const after = threadTimes(pid, 'levee-worker');
  const each = (spent: number): number => (spent * 1e6) / endings.echoed;
  return { worker: each(after.named - before.named), others: each(after.others - before.others) };
}

async function paced(generator: Generator, { port }: Node, seconds: number, into: number[]): Promise<void> {
  const performed = generator.perform({ type: 'paced', ports: [port], rate } as const);
  await setTimeout(seconds * 1000);
  generator.stop();
  into.push(...(await performed).latency);
}

async function relayed({ quick, directory, print }: Setting): Promise<void> {
  const nodes: Node[] = [];
  const generator = new Generator(ports.backend, apart ? 1 : null, true);
  try {
    for (const name of ['alone', 'member', 'peer'] as const) nodes.push(await startNode(directory, name));
    const [alone, member] = nodes;
    if (alone === undefined || member === undefined) return;
    await untilShared(member);
    const [rounds, seconds] = quick ? [1, 0.3] : [9, 1.5];
    const costs: { readonly alone: Cost; readonly member: Cost }[] = [];
    const latencies = { alone: [] as number[], member: [] as number[] };
    for (const node of [alone, member]) await costOf(generator, node, seconds);
    // In turn, so that what else the machine does is in both.
    for (let round = 0; round < rounds; round++) {
      costs.push({
        alone: await costOf(generator, alone, seconds),
        member: await costOf(generator, member, seconds),
      });
      await paced(generator, alone, seconds, latencies.alone);
      await paced(generator, member, seconds, latencies.member);
    }
    const row = (name: 'alone' | 'member'): readonly string[] => {
      const of = (part: keyof Cost): number => median(costs.map((cost) => cost[name][part]));
      const total = median(costs.map((cost) => cost[name].worker + cost[name].others));
      const p99 = quantile(latencies[name], 0.99);
      const values = [of('worker'), of('others'), total, median(latencies[name]), p99];
      return [name === 'alone' ? 'by itself' : 'in a cluster of two', ...values.map(number)];
    };
    print(
      'A relayed connection that changes a count which is told, microseconds of processor time; and milliseconds',
    );
    print(`until its byte is back, at ${rate} a second.\n`);
    print(
      formatTable(['', 'worker', 'other threads', 'all', 'median', 'p99'], [row('alone'), row('member')]),
    );
    const ratios = costs.map(
      (cost) => (cost.member.worker + cost.member.others) / (cost.alone.worker + cost.alone.others),
    );
    const p99 = (name: 'alone' | 'member'): number => quantile(latencies[name], 0.99);
    print(
      `\nIn a cluster to by itself, of each round: ${ratio(median(ratios), 1)} (${ratio(Math.min(...ratios), 1)} to ${ratio(Math.max(...ratios), 1)}); p99 ${ratio(p99('member'), p99('alone'))}`,
    );
  } finally {
    await generator.end();
    for (const { child } of nodes) await stopProgram(child);
  }
}

function asked(...words: readonly string[]): string {
  return execFileSync('redis-cli', ['-p', String(ports.store), ...words], { encoding: 'utf8' }).trim();
}

/** What has gone into the store and out of it, in bytes. */
function trafficOf(): { readonly into: number; readonly out: number } {
  const text = asked('info', 'stats');
  const field = (name: string): number => Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(text)?.[1]);
  return { into: field('total_net_input_bytes'), out: field('total_net_output_bytes') };
}

async function told({ quick, print }: Setting, store: ChildProcess): Promise<void> {
  const program = join(import.meta.dirname, 'peers', 'counting-node.ts');
  const rows: string[][] = [];
  for (const sources of [0, 1000, 10_000]) {
    const start = (name: string, count: number): ChildProcess =>
      startProgram([process.execPath, program, String(ports.store), name, String(count)], null);
    const [teller, listener] = [start('n1', sources), start('n2', 0)];
    const processes = [teller, listener, store];
    const times = (): number[] => processes.map(({ pid }) => processorTime(pid ?? 0));
    while (asked('exists', 'ready:n1', 'ready:n2') !== '2') await setTimeout(200);
    await setTimeout(1000);
    const seconds = quick ? 1 : 10;
    const [before, spent] = [trafficOf(), times()];
    await setTimeout(seconds * 1000);
    const [after, then] = [trafficOf(), times()];
    const shares = then.map(
      (time, index) => `${(((time - (spent[index] ?? 0)) / seconds) * 100).toFixed(1)}%`,
    );
    const [into, out] = [(after.into - before.into) / seconds, (after.out - before.out) / seconds];
    rows.push([
      number(sources),
      number(into),
      number(out),
      sources === 0 ? '-' : number(into / sources),
      ...shares,
    ]);
    await Promise.all([teller, listener].map(stopProgram));
    asked('flushall');
  }
  print(
    '\nOne node tells another of so many sources, each of which opens or closes a connection once a second:',
  );
  print('bytes a second, and parts of a processor.\n');
  const head = ['sources', 'into the store', 'out of it', 'a change', 'who tells', 'who hears', 'the store'];
  print(formatTable(head, rows));
}

async function run(setting: Setting): Promise<void> {
  const missing = ['redis-server', 'redis-cli'].find((program) => !isInstalled(program));
  if (process.platform !== 'linux' || missing !== undefined) {
    setting.print(
      `skipped: ${missing === undefined ? 'the load generator speaks epoll' : `there is no ${missing}`}`,
    );
    return;
  }
  const words = [
    '--port',
    String(ports.store),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--dir',
    setting.directory,
  ];
  const store = startProgram(['redis-server', ...words, '--loglevel', 'warning'], apart ? 1 : null);
  try {
    await untilListening(ports.store, store);
    if (setting.rows.length === 0 || setting.rows.includes('relayed')) await relayed(setting);
    if (setting.rows.length === 0 || setting.rows.includes('told')) await told(setting, store);
  } finally {
    await stopProgram(store);
  }
}

export default {
  title: 'what it costs a connection that nodes count together, and what that costs the store',
  isLong: true,
  run,
} satisfies Benchmark;
