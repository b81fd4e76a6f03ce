import { Field, type Table } from '../../../schemas/table.ts';
import { keyMember } from '../rows/write-row.ts';
import { fieldSchema, type JsonSchema } from './field-schema.ts';

/** The name of the schema of a table's rows: `waf.ip-list.members`. */
export function schemaName({ path }: Table): string {
  return path.join('.');
}

/** Refers to a schema of the description. */
export function referTo(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** A row as programs give and get it. What is null has its default, or none. */
export function rowSchema(table: Table): JsonSchema {
  const members = table.members.map((member): [string, JsonSchema] => [
    member.name,
    member instanceof Field ? { anyOf: [givenSchema(member), { type: 'null' }] } : rowsSchema(member),
  ]);
  return {
    description: table.help,
    ...(table.ofNode ? { 'x-levee-of-node': true } : {}),
    type: 'object',
    properties: { ...keyProperty(table), ...Object.fromEntries(members) },
    additionalProperties: false,
  };
}

/** A text is as good as the number that it stands for, and a secret has other forms than its clear text. */
function givenSchema(field: Field): JsonSchema {
  const { description, ...schema } = fieldSchema(field);
  return field.meta.secret === undefined ? { description, ...schema } : { description, type: 'string' };
}

function rowsSchema(table: Table): JsonSchema {
  const row = referTo(schemaName(table));
  return table.key === undefined ? row : { type: 'array', items: row };
}

function keyProperty(table: Table): Readonly<Record<string, JsonSchema>> {
  const { key } = table;
  const member = keyMember(table);
  if (key === undefined || member === undefined) return {};
  return member === 'id'
    ? { id: { type: 'integer', minimum: 0, maximum: key.maximum } }
    : { name: { type: 'string', minLength: 1, maxLength: key.maximum } };
}
