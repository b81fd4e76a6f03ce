import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Benchmark, Setting } from './benchmark.ts';
import { endedChildrenTime, threadTimes } from './measuring/machine.ts';
import { mean, median } from './measuring/statistics.ts';
import { formatTable, number, ratio } from './measuring/table.ts';
import { leveeProgram } from './peers/levee.ts';

/** Milliseconds of one start: all that the process computes, and how long it is there. */
type Start = { readonly processor: number; readonly elapsed: number };

type Row = { readonly name: string; readonly command: readonly string[]; readonly starts: Start[] };

function startOf([program = '', ...words]: readonly string[]): Start {
  const computed = endedChildrenTime();
  const started = performance.now();
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`);
  return { elapsed: performance.now() - started, processor: (endedChildrenTime() - computed) * 1000 };
}

/** Milliseconds of the main thread, helpers of V8 included, and of all workers, until a daemon says that it runs. */
async function daemonStart(state: readonly string[]): Promise<readonly [number, number]> {
  const daemon = spawn(leveeProgram, [...state, 'daemon'], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(daemon, 'exit');
  daemon.stdout.resume();
  for await (const line of createInterface(daemon.stderr)) if (line.includes('running in')) break;
  const { named, others } = threadTimes(daemon.pid ?? 0, 'levee-worker');
  daemon.kill();
  await ended;
  return [others * 1000, named * 1000];
}

async function run({ quick, directory, print }: Setting): Promise<void> {
  const empty = join(directory, 'empty.ts');
  writeFileSync(empty, '');
  const state = ['--state', join(directory, 'state')];
  const runtime = join(import.meta.dirname, '..', 'bin', 'runtime');
  const rows: Row[] = [
    { name: 'node, an empty file', command: [process.execPath, empty], starts: [] },
    { name: 'bin/runtime, an empty file', command: [runtime, empty], starts: [] },
    { name: 'levee --help', command: [leveeProgram, '--help'], starts: [] },
    { name: "levee -c 'show'", command: [leveeProgram, ...state, '-c', 'show'], starts: [] },
  ];
  // Where there is no Levee, nothing can be shown.
  startOf([leveeProgram, ...state, 'import', empty]);
  // The first of each fills the caches. In turns, so that noise meets all alike.
  for (const { command } of rows) startOf(command);
  await daemonStart(state);
  const daemons: (readonly [number, number])[] = [];
  for (let round = 0; round < (quick ? 3 : 15); round++) {
    for (const { command, starts } of rows) starts.push(startOf(command));
    daemons.push(await daemonStart(state));
  }
  // In steps of ten milliseconds, of which a median would be one.
  const processor = (starts: readonly Start[]): number => mean(starts.map((start) => start.processor));
  const base = processor(rows[0]?.starts ?? []);
  const line = (name: string, computed: number, elapsed: string): string[] => [
    name,
    number(computed),
    ratio(computed, base),
    elapsed,
  ];
  print(
    formatTable(
      ['', 'processor ms', 'to node', 'elapsed ms'],
      [
        ...rows.map(({ name, starts }) =>
          line(name, processor(starts), number(median(starts.map(({ elapsed }) => elapsed)))),
        ),
        line('levee daemon: main thread', median(daemons.map(([main]) => main)), ''),
        line('levee daemon: all workers', median(daemons.map(([, workers]) => workers)), ''),
      ],
    ),
  );
}

export default { title: 'what a start computes, and how long it takes', run } satisfies Benchmark;
