import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { readExamples } from '../../docs/folders.ts';
import type { Field, Table } from '../../schemas/table.ts';
import { type JsonSchema, numbersTo } from '../../src/api/description/field-schema.ts';
import { catalogueSchema, tableSchema } from '../../src/commands/schema.ts';
import { rounds } from '../campaign.ts';
import { configurationText } from '../cli/generated.ts';
import { catalogue, Levee, openLevee, printed } from '../cli/in-process.ts';
import fc from '../property.ts';
import { commandHere } from '../running/command-here.ts';
import { documentOf } from './configuration-document.ts';
import { complaints } from './json-schema-check.ts';

const everything = catalogueSchema(catalogue);

const schemas = new Map<Table, JsonSchema>();

/** To make one takes a while: the lengths of texts are found by trying. */
function schemaOf(table: Table): JsonSchema {
  const schema = schemas.get(table) ?? tableSchema(table);
  schemas.set(table, schema);
  return schema;
}

/** Rows of some tables as a person would write them; what is wrong with each of the bad ones. */
const goodRows: Readonly<Record<string, readonly unknown[]>> = {
  'waf layer4-connection-flood-check-rule': [
    { limit: {} },
    {
      'A "quoted" name?': { 'layer4-connection-threshold': 65536, action: 'block-period', 'block-period': 1 },
    },
    { limit: { 'layer4-connection-threshold': 0, severity: 'Info', 'trigger-policy': 'On call' } },
    { ['😀'.repeat(63)]: { 'source-prefix-v4': 0, 'source-prefix-v6': 128 } },
  ],
  'server-policy server-pool': [
    { pool: { comment: 'x'.repeat(199), 'pserver-list': {} } },
    { pool: { 'pserver-list': { 1: { 'server-type': 'domain', domain: 'example.com' } } } },
    { pool: { 'pserver-list': { 1: { ip: '192.0.2.1' }, 65535: { ip: '::1', port: 65535 } } } },
  ],
  'server-policy policy': [
    { web: { vserver: 'v', service: 's', 'server-pool': 'p', 'proxy-protocol-from': [] } },
    { web: { vserver: 'v', 'https-service': 's', 'server-pool': 'p' } },
    {
      web: { vserver: 'v', service: 's', 'server-pool': 'p', 'proxy-protocol-from': ['::1', '192.0.2.0/24'] },
    },
  ],
  'server-policy service predefined': [{}, { HTTP: { port: 80 }, HTTPS: { port: 443 } }],
  'system global': [{}, { hostname: 'edge-1' }],
};

const web = { vserver: 'front', service: 'HTTP', 'server-pool': 'pool' };

const badRows: Readonly<Record<string, readonly (readonly [unknown, string])[]>> = {
  'waf layer4-connection-flood-check-rule': [
    [[], '$ is no object'],
    [{ '': {} }, '$ name  is too short'],
    [{ ['x'.repeat(64)]: {} }, `$ name ${'x'.repeat(64)} is too long`],
    [{ limit: 10 }, '$.limit is no object'],
    [{ limit: { 'layer4-connection-threshold': 65537 } }, '$.limit.layer4-connection-threshold is too large'],
    [{ limit: { 'layer4-connection-threshold': -1 } }, '$.limit.layer4-connection-threshold is too small'],
    [{ limit: { 'layer4-connection-threshold': '10' } }, '$.limit.layer4-connection-threshold is no integer'],
    [{ limit: { 'block-period': 1.5 } }, '$.limit.block-period is no integer'],
    [{ limit: { action: 'Alert' } }, '$.limit.action is none of the words'],
    [{ limit: { treshold: 10 } }, '$.limit knows no treshold'],
    [{ limit: { 'trigger-policy': '' } }, '$.limit.trigger-policy is too short'],
  ],
  'server-policy server-pool': [
    [{ pool: { comment: 'x'.repeat(200) } }, '$.pool.comment is too long'],
    [{ pool: { 'pserver-list': { 1: { port: 80 } } } }, '$.pool.pserver-list.1 lacks ip'],
    [
      { pool: { 'pserver-list': { 1: { 'server-type': 'domain', ip: '::1' } } } },
      '$.pool.pserver-list.1 lacks domain',
    ],
    [{ pool: { 'pserver-list': { 0: { ip: '::1' } } } }, '$.pool.pserver-list name 0 is malformed'],
    [{ pool: { 'pserver-list': { 65536: { ip: '::1' } } } }, '$.pool.pserver-list name 65536 is malformed'],
  ],
  'server-policy policy': [
    [{ web: { ...web, 'proxy-protocol-from': '::1' } }, '$.web.proxy-protocol-from is no array'],
    [{ web: { ...web, 'proxy-protocol-from': [7] } }, '$.web.proxy-protocol-from[0] is no string'],
    [
      { web: { ...web, 'proxy-protocol-from': ['::1', '::1'] } },
      '$.web.proxy-protocol-from holds an item twice',
    ],
    [
      { web: { ...web, 'proxy-protocol-from': Array.from({ length: 65 }, (_, last) => `192.0.2.${last}`) } },
      '$.web.proxy-protocol-from has too many items',
    ],
  ],
  'server-policy scripting': [
    [{ 'a b': { script: '-- x' } }, '$ name a b is malformed'],
    [{ a: { comment: 'no text' } }, '$.a lacks script'],
    [{ a: { script: '' } }, '$.a.script is too short'],
    [{ a: { script: 'x'.repeat(65_537) } }, '$.a.script is too long'],
  ],
  'server-policy service predefined': [[{ SMTP: { port: 25 } }, '$ name SMTP is none of the words']],
  'system global': [
    [{ hostname: '' }, '$.hostname is too short'],
    [{ edge: { hostname: 'edge' } }, '$ knows no edge'],
  ],
};

suite('JSON Schema by hand', () => {
  for (const [id, rows] of Object.entries(goodRows)) {
    test(`${id}: good rows`, () => {
      for (const row of rows) assert.deepEqual(complaints(schemaOf(catalogue.get(id)), row), []);
    });
  }
  for (const [id, rows] of Object.entries(badRows)) {
    test(`${id}: bad rows`, () => {
      for (const [row, complaint] of rows) {
        assert.deepEqual(complaints(schemaOf(catalogue.get(id)), row), [complaint]);
      }
    });
  }
  test('a whole configuration', () => {
    assert.deepEqual(complaints(everything, { 'system vip': { a: {} }, 'system global': {} }), []);
    assert.deepEqual(complaints(everything, { 'system vap': {} }), ['$ knows no system vap']);
  });
});

suite('JSON Schema and what sessions take', () => {
  for (const [name, text] of readExamples()) {
    test(`${name} conforms`, async (context) => {
      const levee = openLevee(context);
      assert.equal(printed(await levee.as('writer').import(text)), '');
      assert.deepEqual(complaints(everything, documentOf(levee.configuration.view, catalogue)), []);
    });
  }

  test('whatever can be imported conforms', async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (draw) => {
        const levee = new Levee();
        try {
          assert.equal(printed(await levee.as('writer').import(configurationText(catalogue, draw))), '');
          assert.deepEqual(complaints(everything, documentOf(levee.configuration.view, catalogue)), []);
        } finally {
          levee.close();
        }
      }),
      { numRuns: rounds(8, 20), endOnFailure: true },
    );
  });

  for (const table of catalogue.tables.flatMap(withSubTables)) {
    for (const field of table.fields.values()) {
      test(`${table.id} ${field.name}: what it refuses does not conform`, () => {
        const row = (value: unknown) =>
          table.key === undefined ? { [field.name]: value } : { 1: { [field.name]: value } };
        const about = (value: unknown) =>
          complaints(schemaOf(table), row(value)).filter((complaint) =>
            complaint.replace(/\[\d+\]/, '').includes(`${field.name} is`),
          );
        for (const value of refused(field)) assert.notDeepEqual(about(value), [], JSON.stringify(value));
        const { default: usual } = field.meta;
        if (usual !== undefined) assert.deepEqual(about(usual), []);
      });
    }
  }
});

/** Values that a field of this kind can't hold, whatever else it takes. */
function refused({ meta }: Field): unknown[] {
  const { range, choices, list } = meta;
  if (list !== undefined) return [{}, 'word', 7, [{}], [[]]];
  if (range !== undefined) return [{}, 'word', range.minimum - 1, range.maximum + 1, range.minimum + 0.5];
  if (choices !== undefined) return [{}, 7, '', `${Object.keys(choices).join(' ')} and more`];
  return [{}, 7];
}

function withSubTables(table: Table): Table[] {
  return [table, ...[...table.tables.values()].flatMap(withSubTables)];
}

test('the pattern of row numbers fits these and no others', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99999 }), fc.nat(120000), (maximum, number) => {
      const pattern = new RegExp(numbersTo(maximum), 'u');
      assert.equal(pattern.test(String(number)), number >= 1 && number <= maximum);
      for (const edge of [1, maximum]) assert.ok(pattern.test(String(edge)));
      for (const edge of ['0', String(maximum + 1), `0${maximum}`, '', ' 1', '1\n'])
        assert.ok(!pattern.test(edge));
    }),
  );
});

suite('levee schema', () => {
  const levee = async (...words: string[]) => {
    const { status, stdout, stderr } = await commandHere(['schema', ...words], {});
    return { status, stdout: stdout.toString(), stderr: stderr.toString() };
  };

  test('prints one object for all tables', async () => {
    const { stdout, stderr, status } = await levee();
    assert.deepEqual([status, stderr], [0, '']);
    const { $schema, properties } = JSON.parse(stdout);
    assert.equal($schema, 'https://json-schema.org/draft/2020-12/schema');
    assert.deepEqual(
      Object.keys(properties),
      catalogue.tables.map(({ id }) => id),
    );
  });

  test('prints one table or sub-table, also abbreviated', async () => {
    const { stdout } = await levee('waf', 'layer4-connection-flood-check-rule');
    const { properties } = JSON.parse(stdout).additionalProperties;
    assert.deepEqual(properties['trigger-policy']['x-references'], ['log trigger-policy']);
    assert.equal(properties['source-prefix-v4']['x-levee-extension'], true);
    assert.equal(properties['action'].default, 'alert');
    assert.equal((await levee('waf layer4')).stdout, stdout);
    assert.equal(
      JSON.parse((await levee('server-policy', 'server-pool', 'pserver')).stdout).title,
      'server-policy server-pool pserver-list',
    );
  });

  test('says what is wrong with a path', async () => {
    const wrong = await levee('waf', 'layer5-connection-flood-check-rule');
    assert.deepEqual([wrong.status, wrong.stdout], [2, '']);
    assert.match(
      wrong.stderr,
      /^levee: no such table: layer5-connection-flood-check-rule: .*; did you mean "layer4-/,
    );
    assert.match((await levee('waf')).stderr, /^levee: incomplete path: expected one of /);
    assert.match((await levee('system', 'vip', 'Loopback')).stderr, /^levee: no such table: Loopback/);
    assert.match((await levee('--full')).stderr, /^levee: schema takes no --full/);
  });
});
