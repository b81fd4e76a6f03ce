import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, Setting } from './benchmark.ts';
import { median, spread } from './measuring/statistics.ts';
import { formatTable, number, ratio } from './measuring/table.ts';
import { leveeProgram } from './peers/levee.ts';

type Row = { readonly name: string; readonly command: readonly string[]; readonly times: number[] };

/** Milliseconds from before the process to after it. */
function time([program = '', ...words]: readonly string[]): number {
  const started = performance.now();
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr}`);
  return performance.now() - started;
}

async function run({ quick, directory, print }: Setting): Promise<void> {
  const empty = join(directory, 'empty.ts');
  writeFileSync(empty, '');
  const state = ['--state', join(directory, 'state')];
  const runtime = join(import.meta.dirname, '..', 'bin', 'runtime');
  const rows: Row[] = [
    { name: 'node, an empty file', command: [process.execPath, empty], times: [] },
    { name: 'bin/runtime, an empty file', command: [runtime, empty], times: [] },
    { name: 'levee --help', command: [leveeProgram, '--help'], times: [] },
    { name: "levee -c 'show'", command: [leveeProgram, ...state, '-c', 'show'], times: [] },
  ];
  // Where there is no Levee, nothing can be shown.
  time([leveeProgram, ...state, 'import', empty]);
  // The first of each fills the caches. In turns, so that noise meets all alike.
  for (const { command } of rows) time(command);
  for (let round = 0; round < (quick ? 3 : 15); round++) {
    for (const { command, times } of rows) times.push(time(command));
  }
  const base = median(rows[0]?.times ?? []);
  print(
    formatTable(
      ['', 'median ms', 'least ms', 'spread', 'to node'],
      rows.map(({ name, times }) => [
        name,
        number(median(times)),
        number(Math.min(...times)),
        `${Math.round(spread(times) * 100)}%`,
        ratio(median(times), base),
      ]),
    ),
  );
}

export default { title: 'from the start of the process to its end', run } satisfies Benchmark;
