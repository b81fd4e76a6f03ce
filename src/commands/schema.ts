import type { Word } from '../../grammar/word.ts';
import { type Catalogue, loadCatalogue } from '../../schemas/catalogue.ts';
import type { Key } from '../../schemas/key.ts';
import { Field, type Table } from '../../schemas/table.ts';
import { jsonLines } from '../cli/printing/json-lines.ts';
import { allOf } from '../cli/printing/printed.ts';
import { type Resolved, resolvePath, resolvePathWord } from '../cli/words/resolve.ts';
import { type Command, UsageError } from './command-line/command.ts';

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = { readonly [keyword: string]: unknown };

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
  const { id, help, key, readOnly, limit, predefined } = table;
  const about = { title: id, description: help, ...(readOnly ? { readOnly } : {}) };
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

function fieldSchema(field: Field): JsonSchema {
  const { help, default: value, list, tables, extension, secret } = field.meta;
  return {
    description: help,
    ...(list === undefined ? itemSchema(field) : listSchema(field, list.maximum)),
    ...(value === undefined ? {} : { default: value }),
    ...(tables === undefined ? {} : { 'x-references': tables }),
    ...(secret === undefined ? {} : { 'x-secret': secret }),
    ...(extension ? { 'x-levee-extension': true } : {}),
  };
}

function listSchema(field: Field, maxItems: number): JsonSchema {
  return { type: 'array', items: itemSchema(field), maxItems, uniqueItems: true };
}

function itemSchema(field: Field): JsonSchema {
  const { range, choices } = field.meta;
  if (range !== undefined) return { type: 'integer', ...range };
  return { type: 'string', ...(choices === undefined ? lengths(field) : { enum: Object.keys(choices) }) };
}

function objectOf(members: readonly (readonly [string, JsonSchema])[]): JsonSchema {
  return { type: 'object', properties: Object.fromEntries(members), additionalProperties: false };
}

function keySchema({ kind, maximum, pattern }: Key): JsonSchema {
  if (kind === 'number') return { pattern: numbersTo(maximum) };
  return { minLength: 1, maxLength: maximum, ...(pattern === undefined ? {} : { pattern }) };
}

/** A pattern for the whole numbers from 1 to `maximum` without leading zeros. */
export function numbersTo(maximum: number): string {
  const digits = [...String(maximum)];
  const free = (count: number): string => (count === 0 ? '' : `\\d{${count}}`);
  const shorter = digits.slice(1).map((_, count) => `[1-9]${free(count)}`);
  const below = digits.flatMap((digit, index) => {
    const least = index === 0 ? 1 : 0;
    if (Number(digit) <= least) return [];
    return [
      `${digits.slice(0, index).join('')}[${least}-${Number(digit) - 1}]${free(digits.length - index - 1)}`,
    ];
  });
  return `^(?:${[...shorter, ...below, maximum].join('|')})$`;
}

/** No longer text is tried. */
const longestTried = 2 ** 17;

/** How short and how long a text may be. No metadata says so: texts are tried on the field. */
function lengths(field: Field): JsonSchema {
  const isTooLong = (length: number): boolean => {
    const reading = field.read('a'.repeat(length));
    return 'fault' in reading && reading.fault === 'too-long';
  };
  const shortest = 'fault' in field.read('') ? { minLength: 1 } : {};
  if (!isTooLong(longestTried)) return shortest;
  let fits = 0;
  let tooLong = longestTried;
  while (tooLong - fits > 1) {
    const middle = (fits + tooLong) >> 1;
    if (isTooLong(middle)) tooLong = middle;
    else fits = middle;
  }
  return { ...shortest, maxLength: fits };
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
