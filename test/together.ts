import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/**
 * Prints what `npm test` gives to the runner, a file a line. The runner makes a process of each, and to load a room of
 * Levee takes longer than most of its tests: files that disturb nobody share one process a room, as imports of a file in
 * test/.together/. A file is by itself where it, or what it imports, starts processes or threads, or changes what all of
 * a process have in common.
 */
const shared = join('test', '.together');

const disturbs = [
  /'node:(?:child_process|worker_threads)'/,
  /\bprocess\.(?:chdir|exit|exitCode|kill|memoryUsage|on|once|stderr|stdin|stdout|umask)\b/,
  /\bprocess\.env(?:\.\w+|\[[^\]]*\])\s*=[^=]|\bdelete process\b|\bglobalThis\b|\bsetFlagsFromString\b/,
  // Hooks outside of a suite are of the whole process.
  /\b(?:after|before|afterEach|beforeEach|mock)\b[^;]*from 'node:test'/,
];
const startsThreads = /'node:(?:child_process|worker_threads)'/;

const known = new Map<string, boolean>();

function needsItsOwn(file: string): boolean {
  const before = known.get(file);
  if (before !== undefined) return before;
  known.set(file, false);
  const text = loaded(file);
  const found =
    (file.startsWith('test') ? disturbs.some((each) => each.test(text)) : startsThreads.test(text)) ||
    importsOf(file, text).some(needsItsOwn);
  known.set(file, found);
  return found;
}

/** What Levee loads on demand is left out: it is for a test to know which of it runs. */
function importsOf(file: string, text: string): string[] {
  const imports = file.startsWith('test') ? /(?:from |import\()'(\.[^']+\.ts)'/g : /from '(\.[^']+\.ts)'/g;
  return [...text.matchAll(imports)]
    .map(([, path = '']) => normalize(join(dirname(file), path)))
    .filter((path) => existsSync(path));
}

/** Types load nothing. */
function loaded(file: string): string {
  return readFileSync(file, 'utf8').replaceAll(/^(?:import|export) type [^;]*;$/gm, '');
}

/** Another run may be reading the file that is there. */
function write(name: string, files: readonly string[]): string {
  const path = join(shared, `${name}.mjs`);
  const text = files.map((file) => `import '../../${file}';\n`).join('');
  writeFileSync(`${path}.${process.pid}`, text);
  renameSync(`${path}.${process.pid}`, path);
  return path;
}

const files = globSync('test/**/*.test.ts').sort();
const rooms = Map.groupBy(
  files.filter((file) => !needsItsOwn(file)),
  (file) => file.split('/')[1] ?? '',
);
mkdirSync(shared, { recursive: true });
for (const old of globSync(join(shared, '*.mjs')))
  if (!rooms.has(old.slice(shared.length + 1, -4))) rmSync(old);
const together = [...rooms].map(([room, members]) => write(room, members));
console.log([...together, ...files.filter(needsItsOwn)].join('\n'));
