import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, Setting } from './benchmark.ts';
import { linesOf, rules } from './load/rules.ts';
import { median, spread } from './measuring/statistics.ts';
import { formatTable, number, ratio } from './measuring/table.ts';
import { leveeProgram } from './peers/levee.ts';
import { stopProgram } from './peers/process.ts';
import { splittingFloor } from './peers/splitting-floor.ts';
import { sqliteFloor } from './peers/sqlite-floor.ts';

/** Milliseconds of one run of bin/levee, the whole process; its output goes to a file. */
function time(directory: string, words: readonly string[]): number {
  const output = openSync(join(directory, 'output'), 'w');
  const started = performance.now();
  const { status, stderr } = spawnSync(leveeProgram, words, {
    stdio: ['ignore', output, 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`levee ${words.join(' ')}: ${stderr}`);
  return performance.now() - started;
}

async function startDaemon(state: string): Promise<ChildProcess> {
  const daemon = spawn(leveeProgram, ['--state', state, 'daemon'], { stdio: ['ignore', 'ignore', 'pipe'] });
  // Its first line says that it is running.
  await once(daemon.stderr ?? daemon, 'data');
  return daemon;
}

/** What each round measures, in milliseconds. */
async function round(directory: string, file: string): Promise<Record<string, number>> {
  const state = join(directory, 'one-off');
  const served = join(directory, 'served');
  const levee = (where: string, ...words: readonly string[]): number =>
    time(directory, ['--state', where, ...words]);
  mkdirSync(served);
  const daemon = await startDaemon(served);
  const throughDaemon = levee(served, 'import', file);
  await stopProgram(daemon);
  return {
    import: levee(state, 'import', file),
    'import through a daemon': throughDaemon,
    'import of the same again': levee(state, 'import', file),
    export: levee(state, 'export'),
    'floor: SQLite alone': sqliteFloor(join(state, 'levee.db'), directory),
    'floor: splitting lines': splittingFloor(file),
  };
}

async function run({ quick, directory, print }: Setting): Promise<void> {
  const count = quick ? 5000 : 100_000;
  const file = join(directory, 'rules.conf');
  writeFileSync(file, rules(count));
  const results: Record<string, number>[] = [];
  for (let index = 0; index < (quick ? 1 : 3); index++) {
    const part = mkdtempSync(join(directory, 'round-'));
    results.push(await round(part, file));
    rmSync(part, { recursive: true });
  }
  const lines = linesOf(count);
  const times = (name: string): number[] => results.map((result) => result[name] ?? Number.NaN);
  const floor = median(times('floor: SQLite alone'));
  print(
    `${number(count)} rules, ${number(lines)} lines, ${number(statSync(file).size / 1e6)} MB; whole processes; medians of ${results.length}.\n`,
  );
  print(
    formatTable(
      ['', 'ms', 'lines/s', 'time to SQLite alone', 'spread'],
      Object.keys(results[0] ?? {}).map((name) => [
        name,
        number(median(times(name))),
        number(lines / (median(times(name)) / 1000)),
        ratio(median(times(name)), floor),
        `${Math.round(spread(times(name)) * 100)}%`,
      ]),
    ),
  );
}

export default { title: '100,000 rules into a configuration, and out again', run } satisfies Benchmark;
