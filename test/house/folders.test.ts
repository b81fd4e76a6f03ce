import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { importsOf, read, typeScriptFiles } from './source.ts';

const reading = /\b(?:loadFolder|folderOnDemand)<.*>\(\s*join\(import\.meta\.dirname,\s*([^)]*)\)/g;

/** Folders whose files are read as they are: `src/cli/verbs`. */
const folders = typeScriptFiles('src').flatMap((path) =>
  [...read(path).matchAll(reading)].map(([, names = '']) =>
    posix.join(posix.dirname(path), ...[...names.matchAll(/'([^']*)'/g)].map(([, name = '']) => name)),
  ),
);

/** Where a record of a kind is made, its kind is named. */
const named: readonly string[] = ['src/logs/kinds'];

test('what is added as a file to a folder is named nowhere else', () => {
  assert.deepEqual(
    ['src/enforcer/pool/balance', 'src/logs/destinations', 'src/supervisor/health/checks'].filter(
      (folder) => !folders.includes(folder),
    ),
    [],
  );
  const wrong = typeScriptFiles('src').flatMap((path) =>
    importsOf(read(path))
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ specifier, line }) => ({ to: posix.join(posix.dirname(path), specifier), line }))
      .filter(({ to }) => folders.includes(posix.dirname(to)) && !named.includes(posix.dirname(to)))
      .map(({ to, line }) => `${path}:${line} imports ${to}`),
  );
  assert.deepEqual(wrong, []);
});
