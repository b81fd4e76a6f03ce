import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { Table } from '../../../schemas/table.ts';
import type { Operation } from '../../cli/language/operation.ts';
import { productVersion } from '../../system/version.ts';
import { mostRows, tableMethods, tablePaths } from '../configuration.ts';
import { operationPaths } from '../operations.ts';
import { holdersOf } from '../rows/open-table.ts';
import type { JsonSchema } from './field-schema.ts';
import { parametersSchema } from './parameters-schema.ts';
import { referTo, rowSchema, schemaName } from './row-schema.ts';

/** Where the two parts of the API stand. */
export type ApiPlaces = { readonly configuration: string; readonly operations: string };

const json = 'application/json';

/** The description of the API in the form of OpenAPI 3.1.0. */
export function openApi(
  catalogue: Catalogue,
  operations: readonly Operation[],
  places: ApiPlaces,
): JsonSchema {
  const tables = [...tablePaths(catalogue)];
  return {
    openapi: '3.1.0',
    info: {
      title: 'Levee',
      version: productVersion,
      description: 'The configuration of Levee, and what runs of it.',
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }],
    paths: {
      ...Object.fromEntries(
        tables.map(([path, table]) => [`${places.configuration}${path}`, tablePath(catalogue, table)]),
      ),
      ...Object.fromEntries(
        [...operationPaths(operations)].map(([path, { reads, acts }]) => [
          `${places.operations}${path}`,
          {
            ...(reads === undefined ? {} : { get: reading(reads) }),
            ...(acts === undefined ? {} : { post: acting(acts) }),
          },
        ]),
      ),
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        ...common,
        ...Object.fromEntries(tables.map(([, table]) => [schemaName(table), rowSchema(table)])),
      },
    },
  };
}

const text = { type: 'string' };
const whole = { type: 'integer' };

/** What answers are made of. */
const common: Readonly<Record<string, JsonSchema>> = {
  Error: {
    type: 'object',
    properties: {
      error: text,
      returnCode: { type: ['integer', 'null'] },
      message: text,
      path: { type: 'array', items: text },
      field: { type: ['string', 'null'] },
      expected: text,
      nearest: { type: ['string', 'null'] },
    },
    required: ['error', 'returnCode', 'message', 'path', 'field', 'expected', 'nearest'],
  },
  Errors: {
    type: 'object',
    properties: { errors: { type: 'array', items: referTo('Error') } },
    required: ['errors'],
  },
  Changed: {
    type: 'object',
    properties: {
      changed: { type: 'boolean' },
      dryRun: { type: 'boolean' },
      revision: whole,
      transaction: whole,
      changes: { type: 'array', items: { type: 'object' } },
      notices: { type: 'array', items: text },
      pending: { type: 'array', items: text },
    },
    required: ['changed', 'dryRun', 'revision', 'changes', 'notices', 'pending'],
  },
  Result: {
    type: 'object',
    properties: { results: {}, notices: { type: 'array', items: text } },
    required: ['results', 'notices'],
  },
};

function inQuery(name: string, schema: JsonSchema, description: string, required = false): JsonSchema {
  return { name, in: 'query', required, schema, description };
}

const inTransaction = inQuery('transaction', whole, 'The transaction that it works in');

const ifMatch = {
  name: 'If-Match',
  in: 'header',
  required: false,
  schema: text,
  description: 'The revision that it is meant for',
};

function answers(schema: JsonSchema, ...statuses: readonly string[]): JsonSchema {
  const content = { [json]: { schema } };
  const good = statuses.map((status) => [status, { description: 'It is done', content }]);
  const bad = { description: 'What is wrong', content: { [json]: { schema: referTo('Errors') } } };
  return { ...Object.fromEntries(good), default: bad };
}

function bodyOf(schema: JsonSchema): JsonSchema {
  return { required: true, content: { [json]: { schema } } };
}

/** `operationId`s are names for programs that are generated. */
function named(method: string, name: string): string {
  return [method, ...name.split(/[^A-Za-z0-9]+/)]
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}

function tablePath(catalogue: Catalogue, table: Table): JsonSchema {
  const row = referTo(schemaName(table));
  const depth = holdersOf({ catalogue }, table);
  const keyed = table.key !== undefined;
  const keys = (isWanted: boolean): JsonSchema[] =>
    ['mkey', 'sub_mkey']
      .slice(0, depth + (keyed ? 1 : 0))
      .map((name, index) =>
        inQuery(
          name,
          text,
          index < depth ? 'The entry that holds it' : 'The entry',
          index < depth || isWanted,
        ),
      );
  const changing = [
    inQuery('dry-run', { type: 'boolean' }, 'Only say what would change'),
    inTransaction,
    ifMatch,
  ];
  const beside = keyed
    ? ['before', 'after'].map((side) => inQuery(side, text, `Put it right ${side} this entry`))
    : [];
  const rows = [
    inQuery('full', { type: 'boolean' }, 'Also fields that are not set'),
    inTransaction,
    ...(keyed
      ? [
          inQuery('start', { type: 'integer', minimum: 0 }, 'Entries that are left out'),
          inQuery('count', { type: 'integer', minimum: 0, maximum: mostRows }, 'Entries at once'),
        ]
      : []),
  ];
  const read = {
    type: 'object',
    properties: {
      path: text,
      revision: whole,
      transaction: whole,
      total: whole,
      results: keyed ? { type: 'array', items: row } : row,
    },
    required: ['path', 'revision', 'results'],
  };
  const about = (method: string): JsonSchema => ({
    operationId: named(method, table.id),
    summary: table.help,
    tags: [table.path[0]],
  });
  const all: Readonly<Record<string, JsonSchema>> = {
    GET: { ...about('read'), parameters: [...keys(false), ...rows], responses: answers(read, '200') },
    POST: {
      ...about('create'),
      parameters: [...keys(false).slice(0, depth), ...beside, ...changing],
      requestBody: bodyOf(row),
      responses: answers(referTo('Changed'), '200', '201', '202'),
    },
    PUT: {
      ...about('change'),
      parameters: [...keys(true), ...beside, ...changing],
      requestBody: bodyOf(row),
      responses: answers(referTo('Changed'), '200', '202'),
    },
    DELETE: {
      ...about('delete'),
      parameters: [...keys(true), ...changing],
      responses: answers(referTo('Changed'), '200', '202'),
    },
  };
  return Object.fromEntries(tableMethods(table).map((method) => [method.toLowerCase(), all[method]]));
}

function reading({ words, help, parameters }: Operation): JsonSchema {
  const schema = parametersSchema(parameters);
  const word = {
    ...inQuery('parameter', schema, 'As often as the list has items', schema.minItems > 0),
    style: 'form',
    explode: true,
  };
  return {
    operationId: named('get', words.join(' ')),
    summary: help,
    tags: [words[0]],
    parameters: [...(parameters === '' ? [] : [word]), inTransaction],
    responses: answers(referTo('Result'), '200'),
  };
}

function acting({ words, help, parameters }: Operation): JsonSchema {
  const list = parametersSchema(parameters);
  return {
    operationId: named('do', words.join(' ')),
    summary: help,
    tags: [words[0]],
    parameters: [inTransaction],
    requestBody: bodyOf({
      type: 'object',
      properties: { parameters: list },
      ...(list.minItems === 0 ? {} : { required: ['parameters'] }),
      additionalProperties: false,
    }),
    responses: answers(referTo('Result'), '200'),
  };
}
