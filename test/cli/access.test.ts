import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { readExamples } from '../../docs/folders.ts';
import { type Shape, shapes } from '../../grammar/shapes.ts';
import type { RowId } from '../../schemas/content.ts';
import { type Area, areas, type Table } from '../../schemas/table.ts';
import type { Grant } from '../../src/access/permissions.ts';
import type { VerbEntry } from '../../src/cli/language/verb.ts';
import { quote } from '../../src/text/quote.ts';
import { catalogue, collect, type Levee, language, openLevee, printed, type Typist } from './in-process.ts';

/** Every table has rows: all examples of the reference pages in one configuration, and an administrator `ann`. */
async function everything(context: TestContext, grants: Partial<Record<Area, Grant>>): Promise<Levee> {
  const levee = openLevee(context);
  const profile = areas.map((area) => `set ${area} ${grants[area] ?? 'none'}`);
  const texts = [
    ...readExamples().values(),
    ['config system accprofile', 'edit anns', ...profile, 'end'].join('\n'),
    'config system admin\nedit ann\nset access-profile anns\nend',
  ];
  assert.equal(printed(await levee.as('admin').import(texts.join('\n'))), '');
  return levee;
}

/** A table or sub-table with a row of it, and the commands that lead there. */
type Place = { readonly table: Table; readonly enter: readonly string[]; readonly key: string | null };

function placesOf({ configuration: { view } }: Levee, table: Table): Place[] {
  const enter = [`config ${table.path.join(' ')}`];
  if (table.key === undefined) return [{ table, enter, key: null }];
  return placesBelow(table, enter, null);

  function placesBelow(place: Table, before: readonly string[], parent: RowId | null): Place[] {
    const rows = view.rows(place.id, parent);
    const row = rows.find(({ predefined }) => !predefined) ?? rows[0];
    assert.ok(row !== undefined, `no example has a row of ${place.id}`);
    const { key, id } = row;
    const inside = [...before, `edit ${quote(key)}`];
    return [
      { table: place, enter: before, key },
      ...[...place.tables.values()].flatMap((sub) => placesBelow(sub, [...inside, `config ${sub.name}`], id)),
    ];
  }
}

/** The commands that lead into the row of a place; a singleton is one. */
function intoRow({ enter, key }: Place): readonly string[] {
  return key === null ? enter : [...enter, `edit ${quote(key)}`];
}

function state({ configuration: { view } }: Levee): Promise<string> | number {
  return view.revision;
}

/** The commands that lead where a verb is valid: into a row, else to its table; undefined: it is valid in neither. */
function wayTo({ levels }: VerbEntry, place: Place): readonly string[] | undefined {
  if (levels.includes(place.key === null ? 'singleton' : 'row') && !place.table.readOnly)
    return intoRow(place);
  return place.key !== null && levels.includes('table') ? place.enter : undefined;
}

/** What a verb says there, on the row of the place and on its fields, by the shape of its statements. */
function statementsOf(entry: VerbEntry, { table, key }: Place): readonly string[] {
  const { verb, changes, lists } = entry;
  const row = quote(key ?? '');
  const fields = [...table.fields.values()].filter(({ meta }) => !lists || meta.list !== undefined);
  const brandNew = table.key?.kind === 'number' ? '0' : '"brandnew"';
  const said: Readonly<Record<Shape, readonly string[]>> = {
    alone: [verb],
    // The row that is there may be looked at.
    key: [`${verb} ${changes ? row : brandNew}`],
    field: fields.map(({ name }) => `${verb} ${name}`),
    values: fields.map(({ name }) => `${verb} ${name} x`),
    pair: [`${verb} ${row} to 77`],
    move: [`${verb} ${row} after ${row}`],
    path: [verb],
    show: [verb],
    table: [...table.tables.keys()].map((name) => `${verb} ${name}`),
    // Each operation says for itself what it requires.
    command: [],
  };
  return said[shapes[verb]];
}

/** Each by itself at the prompt; as a batch, which ends at its first refusal, the first of them. */
async function assertRefusedAt(
  levee: Levee,
  lines: readonly string[],
  statements: readonly string[],
  { area, id }: Table,
): Promise<void> {
  const ann = levee.asAdministrator('ann');
  assert.equal(printed(await ann.type(...lines)), '', lines.join('\n'));
  for (const statement of statements)
    assertRefused((await ann.type(statement)).problems, area, `${id}: ${statement}`);
  const text = [...lines, ...statements.slice(0, 1), ...lines.map(() => 'end')].join('\n');
  const [refusal] = (await levee.asAdministrator('ann').import(text)).problems;
  assertRefused(refusal === undefined ? [] : [refusal], area, text);
}

type Problems = Awaited<ReturnType<Typist['type']>>['problems'];

function assertRefused(problems: Problems, area: Area, what: string): void {
  assert.deepEqual(
    problems.map(({ error, returnCode }) => [error, returnCode]),
    [['permission', -37]],
    what,
  );
  assert.ok(problems[0]?.expected.includes(` ${area} `), `${what}: ${problems[0]?.expected}`);
}

suite('an administrator who may only read', () => {
  const readOnly = Object.fromEntries(areas.map((area): [Area, Grant] => [area, 'r']));

  test('no verb changes any table; each refusal is -37 and names the area', async (context) => {
    const levee = await everything(context, readOnly);
    const before = await levee.show('show full-configuration');
    const revision = state(levee);
    const { prompt } = await levee.asAdministrator('ann').session.state();
    assert.match(prompt, / \$ $/);
    const refused = new Set<string>();
    for (const place of catalogue.tables.flatMap((table) => placesOf(levee, table))) {
      const { table } = place;
      for (const entry of language.verbs()) {
        const way = wayTo(entry, place);
        if (way === undefined || (table.readOnly && entry.verb === 'edit')) continue;
        const statements = statementsOf(entry, place);
        if (statements.length === 0) continue;
        if (entry.changes || entry.verb === 'edit') {
          await assertRefusedAt(levee, way, statements, table);
          refused.add(`${entry.verb} in ${table.id}`);
        } else {
          for (const statement of statements)
            await levee.asAdministrator('ann').type(...way, statement, ...way.map(() => 'end'));
        }
      }
    }
    for (const table of catalogue.tables.filter((each) => !each.readOnly && each.fields.size > 0))
      assert.ok(refused.has(`set in ${table.id}`), table.id);
    assert.equal(state(levee), revision, 'a revision was made');
    assert.equal(await levee.show('show full-configuration'), before);
  });

  test('the wizard asks them nothing', async (context) => {
    const levee = await everything(context, readOnly);
    const revision = state(levee);
    const { session } = levee.asAdministrator('ann');
    let asked = 0;
    const { problems } = await collect((emit) =>
      session.execute('execute wizard flood-rule', (part) => {
        emit(part);
        if (part.kind !== 'question') return;
        asked += 1;
        session.answer(null);
      }),
    );
    assert.equal(asked, 0);
    assert.deepEqual(
      problems.map(({ error }) => error),
      ['permission'],
    );
    assert.equal(state(levee), revision);
  });

  test('walking through every level, looking and saving makes no revision', async (context) => {
    const levee = await everything(context, readOnly);
    const revision = state(levee);
    for (const place of catalogue.tables.flatMap((table) => placesOf(levee, table))) {
      for (const leave of ['end', 'next', 'abort']) {
        const ann = levee.asAdministrator('ann');
        for (const line of [...place.enter, 'get', 'show', 'tree']) {
          assert.equal(printed(await ann.type(line)), '', `${place.table.id}: ${line}`);
        }
        if (!place.table.readOnly) await ann.type(...intoRow(place).slice(place.enter.length), 'get', 'show');
        assert.match((await ann.session.state()).prompt, / \$ $/);
        await ann.type(leave);
        for (let level = 0; level < 6; level++) await ann.type('end');
      }
    }
    assert.equal(state(levee), revision, 'a revision was made');
  });
});

/** A key with a letter wrong, near enough for "did you mean". */
function misspelt(key: string): string {
  return quote(`${key.slice(0, -1)}~`);
}

suite('an administrator who may not read an area', () => {
  for (const area of areas) {
    const hidden = catalogue.tables.filter((table) => table.area === area);
    if (hidden.length === 0) continue;
    for (const grant of ['none', 'w'] as const) {
      test(`${area} ${grant}: nothing of its tables is shown or completed`, async (context) => {
        const others = areas.map((other): [Area, Grant] => [other, other === area ? grant : 'rw']);
        const levee = await everything(context, Object.fromEntries(others));
        await assertNoneShown(levee, hidden);
        for (const table of hidden) await assertHidden(levee, table, grant);
        await assertNotReferredTo(levee, area);
      });
    }
  }
});

/** By what prints all tables. */
async function assertNoneShown(levee: Levee, hidden: readonly Table[]): Promise<void> {
  const paths = hidden.map(({ path }) => path.join(' ')).join('|');
  const shown = new RegExp(
    `^config (?:${paths})$|^ {2}"(?:${paths})"|"path": "(?:${paths})"|^(?:${paths})$|[[{](?:${paths})[]}]`,
    'm',
  );
  for (const line of [
    'show',
    'show full-configuration',
    'show | json',
    'get',
    'get | json',
    'tree',
    'tree | json',
  ]) {
    const { output, problems } = await levee.asAdministrator('ann').type(line);
    assert.deepEqual(problems, [], line);
    assert.doesNotMatch(output, shown, line);
  }
}

async function assertHidden(levee: Levee, table: Table, grant: 'none' | 'w'): Promise<void> {
  const path = table.path.join(' ');
  const keys = levee.configuration.view.rows(table.id, null).map(({ key }) => key);
  const at = (): Typist => levee.asAdministrator('ann');
  const someKey = keys[0] === undefined ? [] : [quote(keys[0]), misspelt(keys[0]), 'no-such-key'];
  for (const line of [
    ...['show', 'show full-configuration', 'get', 'tree'].map((verb) => `${verb} ${path}`),
    ...['show', 'get', 'diagnose config used-by'].flatMap((verb) =>
      someKey.map((key) => `${verb} ${path} ${key}`),
    ),
    ...(grant === 'none' ? [`config ${path}`] : []),
  ]) {
    const { output, problems } = await at().type(line);
    assert.equal(output, '', line);
    assertRefused(problems, table.area, line);
  }
  const typed = [
    ...['config', 'show', 'get', 'tree', 'show full-configuration', 'diagnose config used-by'].flatMap(
      (verb) => [
        `${verb} `,
        ...table.path.map((_, index) =>
          `${verb} ${table.path.slice(0, index).join(' ')} `.replace(/ +/g, ' '),
        ),
      ],
    ),
    `show ${path} `,
    `get ${path} `,
    `diagnose config used-by ${path} `,
  ];
  for (const line of typed) await assertNotOffered(at(), line, [...keys, path], table);
  const explained = await Promise.all(
    [...keys.slice(0, 1), 'no-such-key'].map(async (key) => {
      const line = `show ${path} ${quote(key)} `;
      return (await at().session.help(line, line.length)).map(({ help }) => help);
    }),
  );
  for (const help of explained) assert.deepEqual(help, explained.at(-1), path);
  if (grant === 'none' || table.key === undefined) return;
  const inside = at();
  assert.equal(printed(await inside.type(`config ${path}`)), '');
  for (const line of ['show', 'get', 'tree', 'show | json'])
    assertRefused((await inside.type(line)).problems, table.area, `${path}: ${line}`);
  for (const line of ['edit ', 'delete ', 'rename ', 'clone ', 'move ', 'move x before '])
    await assertNotOffered(inside, line, keys, table);
  for (const key of keys) {
    for (const line of [
      `delete ${misspelt(key)}`,
      `rename ${misspelt(key)} to x`,
      `move ${misspelt(key)} after x`,
    ]) {
      const reply = await inside.type(line);
      assert.notDeepEqual(reply.problems, [], line);
      assert.ok(!printed(reply).includes(quote(key)) && reply.problems[0]?.nearest === null, printed(reply));
    }
  }
}

async function assertNotOffered(
  { session }: Typist,
  line: string,
  words: readonly string[],
  table: Table,
): Promise<void> {
  const help = await session.help(line, line.length);
  const { candidates } = await session.complete(line, line.length);
  // What was typed and leads nowhere is repeated, be there such an entry or not.
  const [refused, offeredHelp] = [true, false].map((isRefused) =>
    help.filter((entry) => (entry.help === 'Not known here') === isRefused),
  );
  for (const { word } of refused ?? []) assert.ok(line.includes(word), line);
  const offered = [...(offeredHelp ?? []).map(({ word }) => word), ...candidates.map(({ text }) => text)];
  // A word of the path alone may lead to another table as well.
  const before = line.trim().split(/ +/);
  const next = table.path.findIndex(
    (_, index) => table.path.slice(0, index).join(' ') === before.slice(1).join(' '),
  );
  const isOnlyWay = next === table.path.length - 1 ? [table.path[next] ?? ''] : [];
  for (const word of [...words.map(quote), ...words, ...isOnlyWay])
    assert.ok(!offered.includes(word), `"${line}?" offers ${word}`);
}

/** Rows of the area are not told of by those that they refer to, nor named where a reference is set. */
async function assertNotReferredTo(levee: Levee, area: Area): Promise<void> {
  const { view } = levee.configuration;
  const hiddenKeys = catalogue.tables
    .filter((table) => table.area === area)
    .flatMap((table) => view.rows(table.id, null).map(({ key }) => ({ key, id: table.id })));
  const ann = levee.asAdministrator('ann');
  for (const place of catalogue.tables
    .filter((other) => other.area !== area)
    .flatMap((table) => placesOf(levee, table))) {
    for (const [name, { meta }] of place.table.fields) {
      const targets = (meta.tables ?? []).filter((id) => catalogue.get(id).area === area);
      const keys = targets.flatMap((id) => view.rows(id, null).map(({ key }) => key));
      if (keys.length === 0 || place.table.readOnly) continue;
      const inside = levee.asAdministrator('ann');
      assert.equal(printed(await inside.type(...intoRow(place))), '', place.table.id);
      await assertNotOffered(inside, `set ${name} `, keys, place.table);
      for (const key of keys) {
        const { problems } = await inside.type(`set ${name} ${misspelt(key)}`);
        assert.equal(problems[0]?.returnCode, -3);
        assert.equal(problems[0]?.nearest, null);
      }
    }
  }
  const unused = await ann.type('diagnose config unused');
  for (const { id } of hiddenKeys) assert.ok(!unused.output.includes(`${id} `), unused.output);
  for (const table of catalogue.tables.filter((other) => other.area !== area && other.key !== undefined)) {
    for (const row of view.rows(table.id, null)) {
      const used = await ann.type(`diagnose config used-by ${table.id} ${quote(row.key)}`);
      const removed = await ann.type(`config ${table.id}`, `delete ${quote(row.key)}`);
      await ann.type('end');
      for (const { id } of hiddenKeys) {
        const shown = `${used.output}${printed(removed)}`;
        assert.ok(!shown.includes(`${id} `), shown);
      }
    }
  }
}

test('what was committed before is for whoever may see the revisions', async (context) => {
  const levee = openLevee(context);
  const { outcome } = await levee
    .as('anna')
    .import(
      'config system accprofile\nedit waf\nset wafgrp rw\nnext\nend\nconfig system admin\nedit ann\nset access-profile waf\nnext\nend\n',
    );
  assert.equal(outcome.status, 0);
  const rules = 'show waf layer4-connection-flood-check-rule';
  const ann = levee.asAdministrator('ann');
  assert.deepEqual((await ann.type(`${rules} | compare`)).problems, []);
  assertRefused((await ann.type(`${rules} | compare 0`)).problems, 'mntgrp', 'compare 0');
  await levee.as('anna').type('config system accprofile', 'edit waf', 'set mntgrp r', 'next', 'end');
  const { output } = await ann.type('execute revision diff 1');
  assert.equal(output, 'nothing differs in what your access profile shows\n');
  assert.equal((await ann.type('execute revision diff 2')).output, 'nothing differs\n');
});
