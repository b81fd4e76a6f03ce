import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { readExamples, readPages } from '../../docs/folders.ts';
import { makePages, staleness } from '../../docs/pages.ts';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import { temporaryFolder } from '../running/folder.ts';

const root = join(import.meta.dirname, '..', '..');
const catalogue = await loadCatalogue();
const { pages, problems } = makePages(catalogue, readExamples());

suite('reference pages on disk', () => {
  test('every table has an example, and every example a table', () => {
    assert.deepEqual(problems, []);
  });

  test('they are what the schemas say ("npm run docs" writes them)', () => {
    assert.deepEqual(staleness(pages, readPages()), []);
  });

  test('every link leads to a file', () => {
    const broken = [...readPages()].flatMap(([name, text]) => {
      const targets = new Map(
        [...text.matchAll(/^\[([^\]]+)\]: (\S+)$/gm)].map(([, label, to]) => [label, to]),
      );
      return [...withoutCode(text).matchAll(/(?<!\\)\[([^\]]+)\]/g)].flatMap(([, label]) => {
        const target = targets.get(label?.replaceAll('\n', ' '));
        return target !== undefined && existsSync(join(root, 'docs', 'tables', target))
          ? []
          : [`${name}: ${label}`];
      });
    });
    assert.deepEqual(broken, []);
  });

  test('lines of text fit a terminal', () => {
    const long = [...pages].flatMap(([name, text]) =>
      withoutCode(text)
        .split('\n')
        .filter((line) => line.length > 80 && !/^\[[^\]]+\]: /.test(line))
        .map((line) => `${name}: ${line}`),
    );
    assert.deepEqual(long, []);
  });
});

test('what is wrong with pages and examples is named', () => {
  const some = catalogue.tables[0];
  assert.ok(some !== undefined);
  const name = some.path.join('-');
  const examples = new Map(readExamples());
  examples.delete(`${name}.conf`);
  examples.set('no-table.conf', '');
  assert.deepEqual(makePages(catalogue, examples).problems, [
    `docs/examples/${name}.conf is missing: "${some.id}" has no example`,
    'docs/examples/no-table.conf is the example of no table',
  ]);
  const wanted = new Map([
    ['a.md', 'as it should be'],
    ['b.md', 'new'],
    ['c.md', 'new'],
  ]);
  const onDisk = new Map([
    ['a.md', 'as it should be'],
    ['c.md', 'old'],
    ['d.md', 'left over'],
  ]);
  assert.deepEqual(staleness(wanted, onDisk), [
    'docs/tables/b.md is missing',
    'docs/tables/c.md is out of date',
    'docs/tables/d.md is the page of no table',
  ]);
});

test('docs/check.ts finds a page that was changed by hand, and docs/generate.ts mends it', (context) => {
  const copy = temporaryFolder(context);
  cpSync(join(root, 'docs'), join(copy, 'docs'), { recursive: true });
  cpSync(join(root, 'package.json'), join(copy, 'package.json'));
  for (const folder of ['node_modules', 'schemas', 'src'])
    symlinkSync(join(root, folder), join(copy, folder));
  const run = (script: string) =>
    spawnSync(process.execPath, [join(copy, 'docs', script)], { encoding: 'utf8' });

  appendFileSync(join(copy, 'docs', 'tables', 'system-vip.md'), 'By hand.\n');
  const { status, stderr } = run('check.ts');
  assert.equal(status, 1);
  assert.match(stderr, /^docs\/tables\/system-vip\.md is out of date\n/);
  assert.equal(run('generate.ts').status, 0);
  const mended = run('check.ts');
  assert.deepEqual([mended.status, mended.stderr], [0, '']);
  rmSync(join(copy, 'docs', 'examples', 'system-vip.conf'));
  const refused = run('generate.ts');
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /^docs\/examples\/system-vip\.conf is missing/);
  assert.ok(
    existsSync(join(copy, 'docs', 'tables', 'system-vip.md')),
    'nothing is written without the example',
  );
});

function withoutCode(text: string): string {
  return text
    .replace(/^```\n[\s\S]*?^```$/gm, '')
    .replace(/`[^`]*`/g, (span) => 'x'.repeat(span.length))
    .replace(/<!--.*?-->/g, '');
}
