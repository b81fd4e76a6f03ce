import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadCatalogue } from '../../schemas/catalogue.ts';

test('docs/cluster.md names all that is of a node alone', async () => {
  const { tables } = await loadCatalogue();
  const words = (names: Iterable<string>): string => [...names].map((name) => `\`${name}\``).join(', ');
  const whole = tables.filter(({ ofNode }) => ofNode).map(({ id }) => id);
  const rows = [
    `| tables | ${words(whole.sort())} |`,
    ...tables
      .flatMap(({ id, fields }) => {
        const marked = [...fields.values()].filter(({ meta }) => meta.ofNode === true);
        return marked.length === 0 ? [] : [`| \`${id}\` | ${words(marked.map(({ name }) => name))} |`];
      })
      .sort(),
  ];
  const page = readFileSync(join(import.meta.dirname, '../../docs/cluster.md'), 'utf8');
  const [, after = ''] = page.split('\n**Of a node alone**');
  const [found = ''] = /\|---\|---\|\n((?:\|.*\n)+)/.exec(after)?.slice(1) ?? [];
  assert.deepEqual(found.trim().split('\n'), rows);
});
