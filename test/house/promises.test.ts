import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { read, root, typeScriptFiles } from './source.ts';

type Promised = { readonly title: string; readonly file: string };

const items = read('docs/security.md')
  .split('\n')
  .filter((line) => line.startsWith('- '));
const promises = items.flatMap((line): Promised[] => {
  const { title, file } =
    /^- \[(?<title>[^\]]+)\]\(\.\.\/(?<file>test\/\S+\.test\.ts)\)/.exec(line)?.groups ?? {};
  return title === undefined || file === undefined ? [] : [{ title, file }];
});

/** The titles of a file of tests. */
function titlesOf(file: string): readonly string[] {
  if (!existsSync(join(root, file))) return [];
  return [...read(file).matchAll(/\b(?:test|it)\(\s*(?<quote>['"`])(?<title>.+?)\k<quote>,/g)].map(
    ({ groups }) => groups?.['title'] ?? '',
  );
}

test('each item of docs/security.md is a promise that leads to its test', () => {
  assert.equal(promises.length, items.length, 'write "- [TITLE OF THE TEST](../test/FILE.test.ts)"');
  const broken = promises.filter(({ title, file }) => !titlesOf(file).includes(title));
  assert.deepEqual(broken, []);
});

test('each test of test/security/ is a promise of docs/security.md', () => {
  const files = typeScriptFiles('test/security').filter((file) => file.endsWith('.test.ts'));
  const unsaid = files.flatMap((file) =>
    titlesOf(file)
      .filter((title) => !promises.some((promise) => promise.file === file && promise.title === title))
      .map((title) => `${file}: ${title}`),
  );
  assert.deepEqual(unsaid, []);
});
