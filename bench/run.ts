import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { machine } from './measuring/machine.ts';

/** Modules of this folder that are no benchmark. */
const parts = new Set(['run', 'benchmark']);

const all = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((name) => !parts.has(name));

function print(text: string): void {
  void process.stdout.write(`${text}\n`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    rows: { type: 'string', multiple: true, default: [] },
  },
});
const unknown = positionals.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no such benchmark: ${unknown.join(', ')}; there are ${all.join(', ')}\n`);
  process.exitCode = 2;
} else {
  print(machine());
  for (const name of positionals.length === 0 ? all : positionals) {
    const { default: benchmark }: { default: Benchmark } = await import(`./${name}.ts`);
    if (benchmark.isLong && positionals.length === 0) continue;
    print(`\n## ${name}: ${benchmark.title}\n`);
    const directory = mkdtempSync(join(tmpdir(), 'levee-bench-'));
    try {
      await benchmark.run({ quick: values.quick, rows: values.rows, directory, print });
    } finally {
      rmSync(directory, { recursive: true });
    }
  }
}
