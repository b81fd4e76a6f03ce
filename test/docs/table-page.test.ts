import assert from 'node:assert/strict';
import { test } from 'node:test';
import { code, codeBlock, item, plain, wrapped } from '../../docs/markdown.ts';
import { tablePage } from '../../docs/table-page.ts';
import { Catalogue } from '../../schemas/catalogue.ts';
import { nameKey, numberKey } from '../../schemas/key.ts';
import { choice } from '../../schemas/kinds/choices/choice.ts';
import { integer } from '../../schemas/kinds/integer.ts';
import { reference } from '../../schemas/kinds/reference.ts';
import { text } from '../../schemas/kinds/text.ts';
import { Table } from '../../schemas/table.ts';
import fc from '../property.ts';

const shades = { dark: 'As *at* night', pale: 'pale' };

const catalogue = new Catalogue([
  new Table(['garden', 'tree'], {
    help: 'Trees',
    area: 'sysgrp',
    key: nameKey(),
    limit: 7,
    members: {
      height: integer({
        help: 'How high',
        minimum: 0,
        maximum: 90,
        default: 3,
        unit: 'metres',
        extension: true,
      }),
      bark: choice({ help: 'Its colour', choices: shades, default: 'dark' }),
      leaves: choice({ help: 'Their colour', choices: shades, required: true }),
    },
    predefined: { Oak: { height: 40 } },
    initial: { Elm: { height: 30, bark: 'pale' } },
  }),
  new Table(['garden', 'bed'], {
    help: 'A bed',
    area: 'netgrp',
    key: nameKey(),
    members: {
      note: text({ help: 'A note', maximum: 9 }),
      row: {
        help: 'Rows of a bed',
        key: numberKey(20),
        members: {
          shadow: reference({ help: 'Who keeps the sun off', tables: ['garden tree', 'garden hedge'] }),
        },
      },
    },
  }),
  new Table(['garden', 'hedge'], {
    help: 'Hedges',
    area: 'sysgrp',
    key: nameKey(),
    readOnly: true,
    members: {},
  }),
  new Table(['garden', 'gate'], {
    help: 'The gate',
    area: 'sysgrp',
    members: { state: choice({ help: 'Open', choices: { open: 'Open', shut: 'Shut' }, default: 'shut' }) },
  }),
]);

function pageOf(id: string): string {
  return tablePage(catalogue, catalogue.get(id), 'config it\nend\n');
}

test('a page says all that a schema does', () => {
  assert.equal(
    pageOf('garden tree'),
    `<!-- Generated from schemas/garden/tree.ts -->

# garden tree

Trees.

Permission area \`sysgrp\`: \`r\` or \`rw\` to see it and \`w\` or \`rw\` to change it.

## Syntax

\`\`\`
config garden tree
  edit "<name>"
    set height <0-90>
    set bark {dark | pale}
    set leaves {dark | pale}
  next
end
\`\`\`

## Fields

\`edit\` takes a name of 1 to 63 characters. There can be 7 entries at most.

- **height** (Levee's own): How high. An integer from 0 to 90 (metres); default
  \`3\`.
- **bark**: Its colour. One of these words; default \`dark\`:
  - \`dark\`: As \\*at\\* night.
  - \`pale\`
- **leaves**: Their colour. One of the words of bark; it must be set.

## Predefined entries

They are always there and can be named by others. They can be neither changed
nor deleted.

- \`Oak\`: height \`40\`

## Initial entries

A new configuration begins with these. They are like any other.

- \`Elm\`: height \`30\`, bark \`pale\`

## Who can refer to it

An entry can't be deleted while one of these names it:

- \`row shadow\` of [garden bed]

It has no name in common with [garden hedge].

## Example

This is [the whole of a configuration]; \`levee import\` takes it as it stands.

\`\`\`
config it
end
\`\`\`

[garden bed]: garden-bed.md
[garden hedge]: garden-hedge.md
[the whole of a configuration]: ../examples/garden-tree.conf
`,
  );
});

test('sub-tables are on the page of their parent', () => {
  const page = pageOf('garden bed');
  assert.ok(
    page.includes('    config row\n      edit <1-20>\n        set shadow "<shadow>"\n      next\n    end\n'),
  );
  assert.ok(
    page.includes(
      '\n### row\n\nRows of a bed.\n\n`edit` takes a number from 1 to 20, or 0 for the next free',
    ),
  );
  assert.ok(page.includes('\n[garden hedge]: garden-hedge.md\n[garden tree]: garden-tree.md\n'));
});

test('a table that nobody can change, and one without entries', () => {
  const hedge = pageOf('garden hedge');
  assert.ok(hedge.includes('Permission area `sysgrp`: `r` or `rw` to see it.'));
  assert.ok(!hedge.includes('config garden hedge'));
  assert.ok(!hedge.includes('deleted'));
  assert.ok(pageOf('garden gate').includes('```\nconfig garden gate\n  set state {open | shut}\nend\n```'));
});

const words = fc.array(fc.stringMatching(/^[a-z[\]`*_.-]{1,12}$/), { minLength: 1, maxLength: 40 });

test('broken lines hold the same text, and none is longer than it must be', () => {
  fc.assert(
    fc.property(words, fc.nat(3), (list, depth) => {
      const whole = list.join(' ');
      const lines = item(whole, depth).split('\n');
      assert.equal(lines.map((line) => line.trim()).join(' '), `- ${whole}`);
      for (const line of lines) assert.ok(line.length <= 80 || !/^ *(?:- )?[a-z]+(?: [a-z]+)+$/.test(line));
    }),
  );
  assert.equal(wrapped(`${'a'.repeat(75)} [two words] end`), `${'a'.repeat(75)}\n[two words] end`);
  assert.equal(wrapped(`${'a'.repeat(78)} 12. May`), `${'a'.repeat(78)} 12.\nMay`);
});

test('text is never taken for markup', () => {
  assert.equal(
    plain('HLTHCK_* of a_b, <name> [x] | _y_'),
    'HLTHCK\\_\\* of a_b, \\<name> \\[x\\] \\| \\_y\\_',
  );
  assert.equal(code('a `b`'), '`` a `b` ``');
  assert.equal(codeBlock('```\n'), '````\n```\n````');
});
