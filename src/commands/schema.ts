import type { Word } from '../../grammar/word.ts';
import { type Catalogue, loadCatalogue } from '../../schemas/catalogue.ts';
import { Field, type Table } from '../../schemas/table.ts';
import { fieldSchema, type JsonSchema, keySchema } from '../api/description/field-schema.ts';
import { jsonLines } from '../cli/printing/lines/json-lines.ts';
import { allOf } from '../cli/printing/lines/printed.ts';
import { type Resolved, resolvePath, resolvePathWord } from '../cli/words/resolve.ts';
import { type Command, UsageError } from './command-line/command.ts';

const dialect = { $schema: 'https://json-schema.org/draft/2020-12/schema' };

export default {
  parameters: '[TABLE PATH]',
  help: 'Print the JSON Schema of a table, or of all tables',
  examples: ['levee schema waf ip-list'],
  async run({ words, caller }) {
    const option = words.find((word) => word.startsWith('-'));
    if (option !== undefined) throw new UsageError(`schema takes no ${option}`);
    const catalogue = await loadCatalogue();
    const schema = words.length === 0 ? catalogueSchema(catalogue) : tableSchema(findTable(catalogue, words));
    caller.output(`${allOf(jsonLines({ ...dialect, ...schema })).join('\n')}\n`);
    return 0;
  },
} satisfies Command;

/** A whole configuration: an object with a member for each table, by its path. */
export function catalogueSchema(catalogue: Catalogue): JsonSchema {
  return objectOf(catalogue.tables.map((table) => [table.id, tableSchema(table)]));
}

/** The rows of a table by their keys; the fields themselves of a singleton. */
export function tableSchema(table: Table): JsonSchema {
  const { id, help, key, readOnly, ofNode, limit, predefined } = table;
  const about = {
    title: id,
    description: help,
    ...(readOnly ? { readOnly } : {}),
    ...(ofNode ? { 'x-levee-of-node': true } : {}),
  };
  if (key === undefined) return { ...about, ...rowSchema(table) };
  return {
    ...about,
    type: 'object',
    propertyNames: readOnly ? { enum: [...predefined.keys()] } : keySchema(key),
    additionalProperties: rowSchema(table),
    ...(Number.isFinite(limit) ? { maxProperties: limit } : {}),
  };
}

function rowSchema(table: Table): JsonSchema {
  const required = [...table.fields.values()].filter(({ meta }) => meta.required).map(({ name }) => name);
  const conditions = [...table.fields.values()].flatMap((field) => [
    ...requiredWhere(table, field),
    ...requiredUnless(field),
  ]);
  return {
    ...objectOf(
      table.members.map((member) => [
        member.name,
        member instanceof Field ? fieldSchema(member) : tableSchema(member),
      ]),
    ),
    ...(required.length > 0 ? { required } : {}),
    ...(conditions.length > 0 ? { allOf: conditions } : {}),
  };
}

/** That a field must be set where another is not. */
function requiredUnless({ name, meta }: Field): JsonSchema[] {
  const { requiredUnless: other } = meta;
  return other === undefined ? [] : [{ anyOf: [{ required: [name] }, { required: [other] }] }];
}

/** That a field must be set while another has one of some values; where it is not set its default counts. */
function requiredWhere(table: Table, { name, meta }: Field): JsonSchema[] {
  if (meta.requiredWhere === undefined) return [];
  const { field, is } = meta.requiredWhere;
  const standard = table.fields.get(field)?.meta.default;
  const byDefault = is.some((value) => value === standard);
  const where = { properties: { [field]: { enum: is } }, ...(byDefault ? {} : { required: [field] }) };
  const condition: [string, JsonSchema][] = [
    ['if', where],
    ['then', { required: [name] }],
  ];
  return [Object.fromEntries(condition)];
}

function objectOf(members: readonly (readonly [string, JsonSchema])[]): JsonSchema {
  return { type: 'object', properties: Object.fromEntries(members), additionalProperties: false };
}

/** The table or sub-table that the words name; each may be abbreviated. */
function findTable(catalogue: Catalogue, given: readonly string[]): Table {
  const span = { offset: 0, length: 0, line: 1, column: 1 };
  // A path may also come as one quoted argument.
  const words = given
    .flatMap((word) => word.split(/\s+/))
    .map((text): Word => ({ text, span, quoted: false }));
  const { table, rest } = settled(resolvePath(catalogue, words));
  return rest.reduce((outer, word) => {
    const names = [...outer.tables.keys()];
    const expected =
      names.length === 0 ? 'the end of the line' : `a table of ${outer.id}: ${names.join(', ')}`;
    const name = settled(resolvePathWord(word, names, expected));
    return catalogue.tableOf([...outer.path, name].join(' '));
  }, table);
}

function settled<T>(resolved: Resolved<T>): T {
  if ('found' in resolved) return resolved.found;
  const { word, expected, nearest } = resolved.fault;
  const hint = nearest === undefined ? '' : `; did you mean "${nearest}"?`;
  throw new UsageError(
    `${word === '' ? 'incomplete path' : `no such table: ${word}`}: expected ${expected}${hint}`,
  );
}
