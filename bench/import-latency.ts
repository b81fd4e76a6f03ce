import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Benchmark, Setting } from './benchmark.ts';
import { Generator } from './load/generator.ts';
import type { Paced } from './load/orders.ts';
import { rules } from './load/rules.ts';
import { median, quantile } from './measuring/statistics.ts';
import { formatTable, number, ratio } from './measuring/table.ts';
import { leveeProgram, startLevee } from './peers/levee.ts';
import type { Ports } from './peers/proxy.ts';

const ports: Ports = { relay: 28_091, guarded: 28_092, special: 28_093, backend: 28_090 };

/** Connections per second through the policy; as many go straight to the backend, to tell the machine's part. */
const rate = 300;

/** `loop` is the peer: one process that does nothing but compute. */
const phases = ['before', 'loop', 'during', 'after'] as const;
type Phase = (typeof phases)[number];
type Latencies = { readonly through: Record<Phase, number[]>; readonly straight: Record<Phase, number[]> };

function none(): Record<Phase, number[]> {
  return { before: [], loop: [], during: [], after: [] };
}

type Round = { readonly latencies: Latencies; readonly seconds: number; readonly failed: number };

async function round(generator: Generator, state: string, file: string, seconds: number): Promise<Round> {
  const levee = await startLevee(state, ports, { workers: 0, processor: null, action: 'alert_deny' });
  try {
    await generator.perform({
      type: 'flood',
      port: ports.relay,
      outstanding: 4,
      seconds: 1,
      purpose: 'exchange',
    });
    const pacing = generator.perform({ type: 'paced', ports: [ports.relay, ports.backend], rate: 2 * rate });
    await setTimeout(seconds * 1000);
    const loopBegun = now();
    await finished(process.execPath, [
      '-e',
      `const end = Date.now() + ${seconds * 500}; while (Date.now() < end);`,
    ]);
    const begun = now();
    await finished(leveeProgram, ['--state', state, 'import', file]);
    const over = now();
    await setTimeout(seconds * 1000);
    generator.stop();
    const paced = await pacing;
    return {
      latencies: sort(paced, { loop: loopBegun, during: begun, after: over }),
      seconds: (over - begun) / 1000,
      failed: paced.failed,
    };
  } finally {
    await levee.stop();
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

async function finished(program: string, words: readonly string[]): Promise<void> {
  const [status] = await once(spawn(program, words, { stdio: 'inherit' }), 'exit');
  if (status !== 0) throw new Error(`${program} ended with status ${status}`);
}

/** By the phase in which each connection was due; `begun` says when each began. */
function sort({ due, port, latency }: Paced, begun: Omit<Record<Phase, number>, 'before'>): Latencies {
  const through = none();
  const straight = none();
  for (const [index, moment] of due.entries()) {
    const phase = phaseAt(moment, begun);
    const target = port[index] === ports.relay ? through : straight;
    target[phase].push(latency[index] ?? Number.NaN);
  }
  return { through, straight };
}

function phaseAt(moment: number, { loop, during, after }: Omit<Record<Phase, number>, 'before'>): Phase {
  if (moment < loop) return 'before';
  if (moment < during) return 'loop';
  return moment < after ? 'during' : 'after';
}

async function run({ quick, directory, print }: Setting): Promise<void> {
  if (process.platform !== 'linux') {
    print('skipped: the load generator speaks epoll, which is in Linux only');
    return;
  }
  const file = join(directory, 'rules.conf');
  writeFileSync(file, rules(quick ? 20_000 : 100_000));
  const rounds: Round[] = [];
  const generator = new Generator(ports.backend, null, true);
  for (let index = 0; index < (quick ? 1 : 5); index++) {
    rounds.push(await round(generator, join(directory, `state-${index}`), file, quick ? 1 : 4));
  }
  await generator.end();
  print(report(rounds));
}

function report(rounds: readonly Round[]): string {
  const typical = (target: keyof Latencies, phase: Phase, part: number): number =>
    median(rounds.map(({ latencies }) => quantile(latencies[target][phase], part)));
  const row = (name: string, target: keyof Latencies, part: number): string[] => [
    name,
    ...phases.map((phase) => number(typical(target, phase, part))),
    ratio(typical(target, 'during', part), typical(target, 'before', part)),
    ratio(typical(target, 'during', part), typical(target, 'loop', part)),
  ];
  const seconds = rounds.map((one) => number(one.seconds)).join(', ');
  const failed = rounds.reduce((sum, one) => sum + one.failed, 0);
  const each = rounds.map(({ latencies: { through } }) =>
    ratio(quantile(through.during, 0.99), quantile(through.before, 0.99)),
  );
  return [
    `${rate} connections a second through a policy, ${rate} straight to the backend; one byte each way.`,
    `Imports took ${seconds} s. Medians of ${rounds.length} rounds; ${failed} connections failed.`,
    '',
    formatTable(
      [
        'ms from the intended start',
        'before',
        'busy loop',
        'import',
        'after',
        'import to before',
        'to busy loop',
      ],
      [
        row('through the policy, p50', 'through', 0.5),
        row('through the policy, p99', 'through', 0.99),
        row('through the policy, most', 'through', 1),
        row('straight, p50', 'straight', 0.5),
        row('straight, p99', 'straight', 0.99),
        row('straight, most', 'straight', 1),
      ],
    ),
    '',
    `p99 through the policy, import to before, round by round: ${each.join(', ')}`,
  ].join('\n');
}

export default {
  title: 'connections through a policy while 100,000 rules are imported',
  run,
} satisfies Benchmark;
