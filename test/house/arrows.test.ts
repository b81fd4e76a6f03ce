import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { circlesIn } from './circles.ts';
import { type Import, importsOf, read, typeScriptFiles } from './source.ts';

/** What several rooms need, each usable alone: every room may stand on these, and they on each other. */
const ground = ['net', 'memory', 'text', 'time', 'files', 'lua', 'events', 'modules'];

/** Which room may ask which besides the ground rooms: DESIGN.md, "The house". `*` composes everything. */
const allowedArrows: Readonly<Record<string, readonly string[]>> = {
  grammar: [],
  schemas: [],
  net: [],
  memory: [],
  text: [],
  time: [],
  lua: [],
  events: [],
  modules: [],
  files: [],
  packets: [],
  store: ['schemas'],
  access: ['schemas'],
  // The package itself is where its version is said.
  system: ['store', 'schemas', 'package.json'],
  model: ['system', 'store', 'access', 'schemas'],
  metrics: ['system', 'schemas'],
  cli: ['model', 'system', 'metrics', 'store', 'grammar', 'access', 'schemas'],
  shell: ['cli', 'grammar'],
  // The shell serves whoever comes in, as it does at the console.
  // Programs: what is asked as data instead of words.
  api: ['cli', 'model', 'system', 'store', 'access', 'schemas'],
  // What it says to its door has types of the system.
  page: ['system'],
  // Of the page: what they say to each other.
  doors: ['api', 'cli', 'shell', 'page', 'system', 'metrics', 'schemas'],
  logs: ['verdict', 'policy', 'system'],
  policy: ['schemas'],
  verdict: ['policy'],
  cluster: ['policy'],
  enforcer: ['policy', 'verdict'],
  scripting: ['enforcer'],
  kernel: ['policy', 'verdict'],
  // Of scripting: the memory that its scripts share, and what worker-entry.ts brings together.
  supervisor: ['cluster', 'enforcer', 'kernel', 'verdict', 'policy', 'system', 'scripting'],
  'packet-rules': ['packets'],
  replay: ['packets', 'policy', 'verdict'],
  daemon: ['*'],
  commands: ['*'],
};

/** Packages and modules of Node that belong to some folders only. */
const reserved: Readonly<Record<string, readonly string[]>> = {
  chevrotain: ['grammar'],
  zod: ['schemas'],
  'better-sqlite3': ['store'],
  koffi: ['enforcer', 'daemon', 'kernel'],
  // nft(8) and ping(8).
  'node:child_process': ['kernel', 'supervisor', 'daemon'],
  re2js: ['text'],
  '@redis/client': ['cluster'],
  'node:tty': ['shell'],
  // The plain line reader of `levee quickstart` stands in for the shell.
  'node:readline': ['shell', 'commands'],
  'node:readline/promises': ['shell', 'commands'],
  enquirer: ['shell', 'commands'],
  chalk: ['shell', 'commands'],
  ssh2: ['doors'],
  preact: ['page'],
  htm: ['page'],
  uplot: ['page'],
};

type Source = { readonly path: string; readonly folder: string; readonly imports: readonly Import[] };
type Arrow = {
  readonly from: string;
  readonly to: string;
  readonly place: string;
};

/** `src/cli/verbs/set.ts` is in `cli`, `schemas/waf/rule.ts` in `schemas`. */
function folderOf(path: string): string {
  const [top = '', second = ''] = path.split('/');
  return top === 'src' ? second : top;
}

const sources: readonly Source[] = typeScriptFiles('grammar', 'schemas', 'src').map((path) => ({
  path,
  folder: folderOf(path),
  imports: importsOf(read(path)),
}));

const arrows: readonly Arrow[] = sources.flatMap(({ path, folder, imports }) =>
  imports
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier, line }) => ({
      from: folder,
      to: folderOf(posix.join(posix.dirname(path), specifier)),
      place: `${path}:${line} imports ${specifier}`,
    }))
    .filter(({ from, to }) => from !== to),
);

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}

test('every folder is one that the design names', () => {
  const unknown = sources.filter(({ folder }) => allowedArrows[folder] === undefined).map(({ path }) => path);
  assert.deepEqual(unknown, []);
});

test('folders ask only those that the design lets them', () => {
  const wrong = arrows.filter(({ from, to }) => {
    const allowed = allowedArrows[from] ?? [];
    return !allowed.includes(to) && !allowed.includes('*') && !ground.includes(to);
  });
  assert.deepEqual(
    wrong.map(({ place }) => place),
    [],
  );
});

test('no two folders ask each other, directly or around', () => {
  const reached = new Map<string, Set<string>>();
  const reach = (folder: string): Set<string> => {
    const known = reached.get(folder);
    if (known !== undefined) return known;
    const found = new Set<string>();
    reached.set(folder, found);
    const queue = [folder];
    for (const from of queue) {
      for (const arrow of arrows) {
        if (arrow.from !== from || found.has(arrow.to)) continue;
        found.add(arrow.to);
        queue.push(arrow.to);
      }
    }
    return found;
  };
  const inCycle = arrows.filter(({ from, to }) => reach(to).has(from)).map(({ place }) => place);
  assert.deepEqual(inCycle, []);
});

test('no files ask each other in a circle, types included', () => {
  const files = new Map(
    sources.map(({ path, imports }) => [
      path,
      imports.map(({ specifier }) => posix.join(posix.dirname(path), specifier)),
    ]),
  );
  assert.deepEqual(circlesIn(files), []);
});

test('a browser gets only what is made for it, and what needs nothing of Node', () => {
  const wanted = (path: string): readonly Import[] =>
    (sources.find((source) => source.path === path)?.imports ?? []).filter(({ typeOnly }) => !typeOnly);
  const reached = new Set(sources.filter(({ folder }) => folder === 'page').map(({ path }) => path));
  const wrong: string[] = [];
  for (const path of reached) {
    for (const { specifier, line } of wanted(path)) {
      const place = `${path}:${line} imports ${specifier}`;
      if (!specifier.startsWith('.')) {
        if (reserved[packageOf(specifier)]?.includes('page') !== true) wrong.push(place);
        continue;
      }
      const target = posix.join(posix.dirname(path), specifier);
      if (!['page', 'text', 'net', 'system'].includes(folderOf(target))) wrong.push(place);
      else reached.add(target);
    }
  }
  assert.deepEqual(wrong, []);
});

test('a package stays in the folder that it was chosen for', () => {
  const wrong = sources.flatMap(({ path, folder, imports }) =>
    imports
      .filter(({ specifier }) => reserved[packageOf(specifier)]?.includes(folder) === false)
      .map(({ specifier, line }) => `${path}:${line} imports ${specifier}`),
  );
  assert.deepEqual(wrong, []);
});

test('imports are found in all their forms, and nowhere else', () => {
  const text = `
import a from './a.ts';
import type { B } from "./b.ts";
import {
  type C, // './not-this.ts'
  type D,
} from './c.ts';
import { type E, f } from './e.ts';
import './g.ts';
export * from './h.ts';
export type { I } from './i.ts';
const pattern = /["'] from '/;
// import k from './k.ts';
/* import l from './l.ts'; */
const text = "import m from './m.ts'";
const later = await import('./n.ts');
const worker = new Worker(new URL('./o.ts', import.meta.url));
const site = new URL('https://example.com/');
let p: import('./p.ts').P;
`;
  const found = importsOf(text)
    .sort((one, other) => one.line - other.line)
    .map(({ specifier, typeOnly, line }) => `${line} ${specifier}${typeOnly ? ' type' : ''}`);
  assert.deepEqual(found, [
    '2 ./a.ts',
    '3 ./b.ts type',
    '4 ./c.ts type',
    '8 ./e.ts',
    '9 ./g.ts',
    '10 ./h.ts',
    '11 ./i.ts type',
    '16 ./n.ts',
    '17 ./o.ts',
    '19 ./p.ts',
  ]);
});
