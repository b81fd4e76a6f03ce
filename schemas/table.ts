import type { z } from 'zod';
import type { Content } from './content.ts';
import type { FieldMeta, FieldSchema, Scalar, TextFault, Value } from './field.ts';
import type { Key } from './key.ts';
import { zod } from './zod.ts';

/** Permission areas of FortiWeb access profiles, in its order. */
export const areas = [
  'mntgrp',
  'admingrp',
  'sysgrp',
  'netgrp',
  'loggrp',
  'authusergrp',
  'traroutegrp',
  'wafgrp',
  'filegrp',
] as const;

export type Area = (typeof areas)[number];

/** Values of fields, by row and field. */
type DefinedRows = Readonly<Record<string, Readonly<Record<string, Value>>>>;

/** A field that was one of a row itself, and is now one of the first entry of a list in it. */
export type EarlierField = {
  /** The list. */
  readonly table: string;
  readonly field: string;
  /** Where it names an entry now: that entry has in this field what earlier stood here. */
  readonly valueIn?: string;
};

/** What a schema file says: plain data. Members stand in the order in which they are printed. */
export type TableDefinition = {
  readonly help: string;
  /** Whoever may change it needs w or rw here; a sub-table has the area of its parent. */
  readonly area?: Area;
  /** Absent: a singleton, with its fields directly below `config`. */
  readonly key?: Key;
  readonly members: Readonly<Record<string, FieldSchema | TableDefinition>>;
  /** Rows that always exist, can be named and can't be changed; under the name of a sub-table, its rows. */
  readonly predefined?: Readonly<Record<string, Readonly<Record<string, Value | DefinedRows>>>>;
  /** Rows like any other that a new configuration begins with. A reference is the name of a row. */
  readonly initial?: DefinedRows;
  /** What a copy of a row has that its original may not have. */
  readonly cloned?: Readonly<Record<string, Scalar>>;
  /** Fields that earlier versions have in the row itself, by their names there. */
  readonly earlier?: Readonly<Record<string, EarlierField>>;
  /** No rows but the predefined ones. */
  readonly readOnly?: boolean;
  /** It is each node's own, with its sub-tables: nodes of a cluster that share their configuration do not share it. */
  readonly ofNode?: boolean;
  /** The most rows that it takes. */
  readonly limit?: number;
};

export type Reading = { readonly value: Scalar } | { readonly fault: TextFault; readonly expected: string };

export class Field {
  readonly name: string;
  readonly meta: FieldMeta;
  /** Words that may be entered. */
  readonly choices: readonly string[] | undefined;
  readonly #reader: FieldSchema['reader'];
  readonly #plain: FieldSchema['plain'];

  constructor(name: string, schema: FieldSchema) {
    this.name = name;
    this.meta = schema.meta;
    this.choices = this.meta.choices && Object.keys(this.meta.choices);
    this.#reader = schema.reader;
    this.#plain = schema.plain;
  }

  /** One word as typed to the value that it means; of a list, to the item. */
  read(text: string): Reading {
    const plain = this.#plain?.(text);
    if (plain !== undefined) return { value: plain };
    const result = zod().safeDecode(this.#reader(), text);
    if (result.success) return { value: result.data };
    const tooLong = result.error.issues.some(
      (issue) => issue.code === 'too_big' && issue.origin === 'string',
    );
    if (tooLong)
      return { fault: 'too-long', expected: tooLongFor(this.meta.expected, text, this.meta.longest) };
    return {
      fault: this.meta.fault,
      expected: [this.meta.expected, ...reasonsOf(result.error)].join(': '),
    };
  }

  /** Whether it can hold this value, or item of a list, if perhaps none can be given any more. */
  mayHold(value: Scalar): boolean {
    const reading = this.read(String(value));
    return ('value' in reading && reading.value === value) || this.meta.earlier?.(String(value)) === true;
  }
}

/** The limit, as `expected` names it, and how much longer what came is. `longest`: bytes are what counts. */
function tooLongFor(expected: string, text: string, longest?: number): string {
  if (longest !== undefined) return `${expected}; here are ${Buffer.byteLength(text)}`;
  let characters = 0;
  for (const _ of text) characters += 1;
  return `${expected}; here are ${characters}`;
}

/** What a schema says of the text itself. */
function reasonsOf({ issues }: z.ZodError): string[] {
  return issues.flatMap((issue) => {
    const reason: unknown = issue.code === 'custom' ? issue.params?.['reason'] : undefined;
    return typeof reason === 'string' ? [reason] : [];
  });
}

export type KeyReading = { readonly key: string } | { readonly fault: TextFault; readonly expected: string };

export class Table {
  /** Words after `config`; for a sub-table those of its parent and its own name. */
  readonly path: readonly string[];
  /** The path as one text, what the store files rows under. */
  readonly id: string;
  readonly help: string;
  readonly area: Area;
  readonly key: Key | undefined;
  readonly readOnly: boolean;
  readonly ofNode: boolean;
  readonly limit: number;
  readonly cloned: Readonly<Record<string, Scalar>>;
  readonly earlier: ReadonlyMap<string, EarlierField>;
  readonly fields: ReadonlyMap<string, Field>;
  readonly tables: ReadonlyMap<string, Table>;
  /** Fields whose secret can be had back. */
  readonly sealedFields: readonly Field[];
  /** Fields that must be set, at least in some rows. */
  readonly requiredFields: readonly Field[];
  readonly hasLists: boolean;
  /** Fields and sub-tables in the order in which they are printed. */
  readonly members: readonly (Field | Table)[];
  readonly predefined: ReadonlyMap<string, ReadonlyMap<string, Value>>;
  readonly initial: ReadonlyMap<string, ReadonlyMap<string, Value>>;

  readonly #predefinedIn = new Map<string, ReadonlyMap<string, ReadonlyMap<string, Value>>>();

  constructor(path: readonly string[], definition: TableDefinition, above?: Pick<Table, 'area' | 'ofNode'>) {
    const area = definition.area ?? above?.area;
    if (area === undefined) throw new Error(`${path.join(' ')}: no permission area`);
    this.path = path;
    this.id = path.join(' ');
    this.help = definition.help;
    this.area = area;
    this.key = definition.key;
    this.readOnly = definition.readOnly ?? false;
    this.ofNode = definition.ofNode ?? above?.ofNode ?? false;
    this.limit = definition.limit ?? Number.POSITIVE_INFINITY;
    this.cloned = definition.cloned ?? {};
    this.earlier = new Map(Object.entries(definition.earlier ?? {}));
    this.members = Object.entries(definition.members).map(([name, member]) =>
      'members' in member ? new Table([...path, name], member, this) : new Field(name, member),
    );
    this.fields = new Map(this.members.filter((m) => m instanceof Field).map((field) => [field.name, field]));
    this.tables = new Map(this.members.filter((m) => m instanceof Table).map((table) => [table.name, table]));
    const fields = [...this.fields.values()];
    this.sealedFields = fields.filter(({ meta }) => meta.secret === 'reversible');
    this.requiredFields = fields.filter(
      ({ meta }) =>
        meta.required === true || meta.requiredWhere !== undefined || meta.requiredUnless !== undefined,
    );
    this.hasLists = fields.some(({ meta }) => meta.list !== undefined);
    this.predefined = new Map(
      Object.entries(definition.predefined ?? {}).map(([key, row]) => [key, this.#define(key, row)]),
    );
    this.initial = rowsOf(definition.initial ?? {});
  }

  /** The last word of its path: what the prompt shows. */
  get name(): string {
    return this.path.at(-1) ?? '';
  }

  /** What holds of a field of a row: what is set, else the default. */
  inForce(set: ReadonlyMap<string, Content> | undefined, field: string): Content | undefined {
    return set?.get(field) ?? this.fields.get(field)?.meta.default;
  }

  /** Of a sub-table: the rows that a predefined row of its parent has. */
  predefinedIn(parent: string): ReadonlyMap<string, ReadonlyMap<string, Value>> {
    return this.#predefinedIn.get(parent) ?? new Map();
  }

  /** Gives the sub-tables their part of a predefined row; the rest are its fields. */
  #define(key: string, row: Readonly<Record<string, Value | DefinedRows>>): Map<string, Value> {
    const fields = new Map<string, Value>();
    for (const [name, content] of Object.entries(row)) {
      const table = this.tables.get(name);
      if (!isRows(content)) fields.set(name, content);
      else if (table !== undefined) table.#predefinedIn.set(key, rowsOf(content));
    }
    return fields;
  }

  /** The text of a key as typed to its canonical form. Only for a table with rows. */
  readKey(text: string): KeyReading {
    if (this.key === undefined) throw new Error(`${this.id} has no rows`);
    if (this.key.isPlain?.(text)) return { key: text };
    const result = zod().safeDecode(this.key.reader(), text);
    if (result.success) return { key: result.data };
    const tooLong = result.error.issues.some((issue) => issue.code === 'too_big');
    const expected = [this.key.expected, ...reasonsOf(result.error)].join(': ');
    return tooLong
      ? { fault: 'too-long', expected: tooLongFor(expected, text) }
      : { fault: 'invalid-value', expected };
  }

  /** Whether a row can have this key, if perhaps none can get it any more. Only for a table with rows. */
  mayHave(key: string): boolean {
    const reading = this.readKey(key);
    return ('key' in reading && reading.key === key) || this.key?.earlier?.(key) === true;
  }
}

function isRows(content: Value | DefinedRows): content is DefinedRows {
  return typeof content === 'object' && !Array.isArray(content);
}

function rowsOf(rows: DefinedRows): ReadonlyMap<string, ReadonlyMap<string, Value>> {
  return new Map(Object.entries(rows).map(([key, row]) => [key, new Map(Object.entries(row))]));
}
