import { itemsOf } from '../../../schemas/content.ts';
import type { FieldMeta } from '../../../schemas/field.ts';
import { Field, type Table } from '../../../schemas/table.ts';

/** Tables as `[name]`, singletons as `{name}`, their fields below with type and default; Levee's own, and those of a node alone, are marked. */
export function* treeLines(tables: readonly Table[]): Generator<string> {
  for (const table of tables) {
    yield `-- ${heading(table, table.path.join(' '))}`;
    yield* memberLines(table, '   ');
  }
}

function* memberLines(table: Table, indent: string): Generator<string> {
  const members = [...(table.key === undefined ? [] : [keyLine(table)]), ...table.members];
  for (const [index, member] of members.entries()) {
    const isLast = index === members.length - 1;
    const branch = `${indent}${isLast ? '+-' : '|-'} `;
    if (typeof member === 'string') {
      yield branch + member;
    } else if (member instanceof Field) {
      yield `${branch}${member.name} ${typeText(member)}${marks(member)}`;
    } else {
      yield branch + heading(member, member.name);
      yield* memberLines(member, `${indent}${isLast ? ' ' : '|'}  `);
    }
  }
}

function heading({ key, readOnly, ofNode }: Table, name: string): string {
  return `${key === undefined ? `{${name}}` : `[${name}]`}${readOnly ? ' (read-only)' : ''}${ofNode ? ' (of this node alone)' : ''}`;
}

function marks({ meta }: Field): string {
  return `${meta.extension ? ' (extension)' : ''}${meta.ofNode ? ' (of this node alone)' : ''}`;
}

function keyLine({ key }: Table): string {
  return key?.kind === 'number' ? `*id <1-${key.maximum}>` : `*name <string ${key?.maximum}>`;
}

function typeText({ meta }: Field): string {
  const usual = itemsOf(meta.default);
  const standard = usual.length === 0 ? '' : ` = ${usual.join(' ')}`;
  const many = meta.list === undefined ? '' : ` (list of at most ${meta.list.maximum})`;
  return `${itemType(meta)}${standard}${many}${meta.required ? ' (must be set)' : ''}`;
}

function itemType({ kind, choices, range, tables }: FieldMeta): string {
  if (choices !== undefined) return `{${Object.keys(choices).join(' | ')}}`;
  if (range !== undefined) return `<${range.minimum}-${range.maximum}>`;
  if (tables !== undefined) return `<datasource ${tables.join(' | ')}>`;
  return `<${kind === 'text' ? 'string' : kind}>`;
}

/** The same as data. */
export function treeData(table: Table): unknown {
  const { path, help, area, key, readOnly } = table;
  return {
    path: path.join(' '),
    help,
    area,
    key: key === undefined ? null : { kind: key.kind, maximum: key.maximum },
    readOnly,
    members: table.members.map((member) =>
      member instanceof Field ? { name: member.name, ...member.meta } : treeData(member),
    ),
  };
}
