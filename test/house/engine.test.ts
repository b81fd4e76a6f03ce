import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { importsOf, read, typeScriptFiles } from './source.ts';

/** Where the operating system is known; everybody else on the data plane asks the interface in src/enforcer/engine. */
const below = ['src/enforcer/engine/', 'src/enforcer/sockets/'];
const systemModules = ['node:net', 'koffi'];
/**
 * What the main thread needs besides: how many descriptors there are, sockets for pings, the error of a system call,
 * sockets that it was given.
 */
const rimOfSockets = [
  'src/enforcer/sockets/descriptors.ts',
  'src/enforcer/sockets/given-sockets.ts',
  'src/enforcer/sockets/system-calls.ts',
];

type Asked = { readonly by: string; readonly what: string; readonly place: string };

function askedBy(...folders: readonly string[]): readonly Asked[] {
  return typeScriptFiles(...folders).flatMap((path) =>
    importsOf(read(path)).map(({ specifier, line }) => ({
      by: path,
      what: specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier,
      place: `${path}:${line} imports ${specifier}`,
    })),
  );
}

function placesOf(asked: readonly Asked[]): readonly string[] {
  return asked.map(({ place }) => place);
}

test('a worker asks nothing of the operating system but through the engine', () => {
  const asked = askedBy('src/enforcer', 'src/scripting').filter(
    ({ by }) => !below.some((folder) => by.startsWith(folder)),
  );
  const wrong = asked.filter(
    ({ what }) => systemModules.includes(what) || what.startsWith('src/enforcer/sockets/'),
  );
  assert.ok(asked.length > 100);
  assert.deepEqual(placesOf(wrong), []);
});

test('the types of the engine know no implementation, and one implementation does not know another', () => {
  const implementation = (path: string): string =>
    /^src\/enforcer\/(?:engine\/[^/]+(?=\/)|sockets)/.exec(path)?.[0] ?? '';
  const wrong = askedBy('src/enforcer/engine').filter(({ by, what }) => {
    const asked = implementation(what);
    if (asked === '') return false;
    const asks = implementation(by);
    return asks === '' || (asked !== 'src/enforcer/sockets' && asked !== asks);
  });
  assert.deepEqual(placesOf(wrong), []);
});

test('the main thread reaches below the engine only at its rim', () => {
  const wrong = askedBy('src/supervisor', 'src/daemon', 'src/commands').filter(
    ({ what }) => what.startsWith('src/enforcer/sockets/') && !rimOfSockets.includes(what),
  );
  assert.deepEqual(placesOf(wrong), []);
});

test('no class of the enforcer inherits, but for an error', () => {
  const wrong = typeScriptFiles('src/enforcer').flatMap((path) =>
    [...read(path).matchAll(/^.*\bclass\s+\w+(?:<[^>]*>)?\s+extends\s+(?!Error\b).*$/gm)].map(
      ([line]) => `${path}: ${line}`,
    ),
  );
  assert.deepEqual(wrong, []);
});
