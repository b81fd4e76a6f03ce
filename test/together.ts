import { existsSync, globSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';

/**
 * Prints what `npm test` gives to the runner, a file a line. The runner makes a process of each, and to load a room of
 * Levee takes longer than most of its tests, so files share processes, as imports of a file in test/.together/.
 */
const shared = join('test', '.together');

/**
 * What a file does, or one that it imports. `quiet` only computes: all of a room are one process. `busy` starts processes
 * or threads, and waits as long as it computes: a few are one. `alone` changes or counts what all of a process have: a
 * file that does so by itself has a process of its own, and those that have it from one import share one, since what that
 * import does at the beginning and at the end is done once then, and what it counts stands between two of their tests.
 */
type Kind = 'quiet' | 'busy' | 'alone';

/** Of tests. */
const alone = [
  /\bprocess\.(?:chdir|exit|exitCode|memoryUsage|on|once|stderr|stdin|stdout|umask)\b/,
  /\bprocess\.env(?:\.\w+|\[[^\]]*\])\s*=[^=]|\bdelete process\b|\bglobalThis\b|\bsetFlagsFromString\b/,
  // Hooks outside of a suite are of the whole process.
  /\b(?:after|before|afterEach|beforeEach|mock)\b[^;]*from 'node:test'/,
  /\/proc\/self\/fd\b/,
];
const busy = /'node:(?:child_process|worker_threads)'/;

const known = new Map<string, Kind>();

function kindOf(file: string): Kind {
  const before = known.get(file);
  if (before !== undefined) return before;
  known.set(file, 'quiet');
  const text = readFileSync(file, 'utf8');
  const kinds = importsOf(file, text).map(kindOf);
  if (file.startsWith('test') && alone.some((each) => each.test(text))) kinds.push('alone');
  if (busy.test(text)) kinds.push('busy');
  const kind = kinds.includes('alone') ? 'alone' : kinds.includes('busy') ? 'busy' : 'quiet';
  known.set(file, kind);
  return kind;
}

/** What makes it `alone`: the file itself, or the one that it has it from. */
function causeOf(file: string): string {
  const text = readFileSync(file, 'utf8');
  if (alone.some((each) => each.test(text))) return file;
  const cause = importsOf(file, text).find((path) => kindOf(path) === 'alone');
  return cause === undefined ? file : causeOf(cause);
}

function importsOf(file: string, text: string): string[] {
  return [...text.matchAll(/(?:from |import\()'(\.[^']+\.ts)'/g)]
    .map(([, path = '']) => normalize(join(dirname(file), path)))
    .filter((path) => existsSync(path));
}

function roomOf(file: string): string {
  return file.split('/')[1] ?? '';
}

/** The files of a kind that share a process, by its name: `most` of one room at most, and rooms with `few` as one. */
function sharing(kind: Kind, most: number, few: number): [string, readonly string[]][] {
  const ofKind = files.filter((file) => kindOf(file) === kind);
  const counts = Map.groupBy(ofKind, roomOf);
  const rooms = Map.groupBy(ofKind, (file) =>
    (counts.get(roomOf(file))?.length ?? 0) > few ? roomOf(file) : 'rest',
  );
  return [...rooms].flatMap(([room, members]) => {
    const parts = Math.ceil(members.length / most);
    return Array.from({ length: parts }, (_, part): [string, readonly string[]] => [
      `${room}-${kind}-${part + 1}`,
      members.filter((_, index) => index % parts === part),
    ]);
  });
}

/** The files that are alone for one import share a process, by its name; the others have their own. */
function sharingOne(): [string, readonly string[]][] {
  const causes = Map.groupBy(
    files.filter((file) => kindOf(file) === 'alone'),
    causeOf,
  );
  return [...causes].map(([cause, members]) => [`with-${basename(cause, '.ts')}`, members]);
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
const bySize = sharing('quiet', 64, 16).sort(([, one], [, other]) => other.length - one.length);
const groups = new Map([
  ...sharingOne().filter(([, { length }]) => length > 1),
  ...sharing('busy', 8, 4),
  ...bySize,
]);
const single = sharingOne().flatMap(([, members]) => (members.length === 1 ? members : []));
mkdirSync(shared, { recursive: true });
for (const old of globSync(join(shared, '*.mjs')))
  if (!groups.has(old.slice(shared.length + 1, -4))) rmSync(old);
const together = [...groups].map(([name, members]) => write(name, members));
// What waits comes first, and little that only computes last: no processor is idle in the end.
console.log([...single, ...together].join('\n'));
