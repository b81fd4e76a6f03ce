import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Benchmark, Setting } from './benchmark.ts';
import { Generator } from './load/generator.ts';
import type { Paced } from './load/orders.ts';
import { rules } from './load/rules.ts';
import { quantile } from './measuring/statistics.ts';
import { formatTable, number, ratio } from './measuring/table.ts';
import { leveeProgram, startLevee } from './peers/levee.ts';
import type { Ports } from './peers/proxy.ts';

const ports: Ports = { relay: 28_091, guarded: 28_092, backend: 28_090 };

/** Connections per second through the policy; as many go straight to the backend, to tell the machine's part. */
const rate = 300;

const phases = ['before', 'during', 'after'] as const;
type Phase = (typeof phases)[number];
type Latencies = { readonly through: Record<Phase, number[]>; readonly straight: Record<Phase, number[]> };

const none = (): Record<Phase, number[]> => ({ before: [], during: [], after: [] });

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
    const begun = now();
    const child = spawn(leveeProgram, ['--state', state, 'import', file], { stdio: 'inherit' });
    const [status] = await once(child, 'exit');
    if (status !== 0) throw new Error(`the import ended with status ${status}`);
    const over = now();
    await setTimeout(seconds * 1000);
    generator.stop();
    const paced = await pacing;
    return { latencies: sort(paced, begun, over), seconds: (over - begun) / 1000, failed: paced.failed };
  } finally {
    await levee.stop();
  }
}

const now = (): number => performance.timeOrigin + performance.now();

/** By the phase in which each connection was due. */
function sort({ due, port, latency }: Paced, begun: number, over: number): Latencies {
  const through = none();
  const straight = none();
  for (const [index, moment] of due.entries()) {
    const phase = moment < begun ? 'before' : moment < over ? 'during' : 'after';
    const target = port[index] === ports.relay ? through : straight;
    target[phase].push(latency[index] ?? Number.NaN);
  }
  return { through, straight };
}

async function run({ quick, directory, print }: Setting): Promise<void> {
  if (process.platform !== 'linux') {
    print('skipped: the load generator speaks epoll, which is in Linux only');
    return;
  }
  const file = join(directory, 'rules.conf');
  writeFileSync(file, rules(quick ? 20_000 : 100_000));
  const rounds: Round[] = [];
  const generator = new Generator(ports.backend, null);
  for (let index = 0; index < (quick ? 1 : 3); index++) {
    rounds.push(await round(generator, join(directory, `state-${index}`), file, quick ? 1 : 4));
  }
  await generator.end();
  print(report(rounds));
}

function report(rounds: readonly Round[]): string {
  const all = (target: keyof Latencies, phase: Phase): number[] =>
    rounds.flatMap(({ latencies }) => latencies[target][phase]);
  const row = (name: string, target: keyof Latencies, part: number): string[] => {
    const [before, during, after] = phases.map((phase) => quantile(all(target, phase), part));
    const figures = [before, during, after].map((value) => number(value ?? Number.NaN));
    return [name, ...figures, ratio(during ?? Number.NaN, before ?? Number.NaN)];
  };
  const seconds = rounds.map((one) => number(one.seconds)).join(', ');
  const failed = rounds.reduce((sum, one) => sum + one.failed, 0);
  const each = rounds.map(({ latencies: { through } }) =>
    ratio(quantile(through.during, 0.99), quantile(through.before, 0.99)),
  );
  return [
    `${rate} connections a second through a policy, ${rate} straight to the backend; one byte each way.`,
    `Imports took ${seconds} s. ${all('through', 'during').length} connections during them; ${failed} failed.`,
    '',
    formatTable(
      ['ms from the intended start', 'before', 'during', 'after', 'during to before'],
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
    `p99 during to before, round by round: ${each.join(', ')}`,
  ].join('\n');
}

export default {
  title: 'connections through a policy while 100,000 rules are imported',
  run,
} satisfies Benchmark;
