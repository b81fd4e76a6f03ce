import { Field, type Table } from '../schemas/table.ts';

/** All that can be entered for a table, in the notation of the FortiWeb reference. */
export function syntax(table: Table): string {
  return [`config ${table.path.join(' ')}`, ...body(table, '  '), 'end'].join('\n');
}

function body(table: Table, indent: string): string[] {
  const { key } = table;
  if (key === undefined) return members(table, indent);
  const placeholder = key.kind === 'number' ? `<1-${key.maximum}>` : `"<${key.kind}>"`;
  return [`${indent}edit ${placeholder}`, ...members(table, `${indent}  `), `${indent}next`];
}

function members(table: Table, indent: string): string[] {
  return table.members.flatMap((member) =>
    member instanceof Field
      ? [`${indent}set ${member.name} ${placeholder(member)}`]
      : [`${indent}config ${member.name}`, ...body(member, `${indent}  `), `${indent}end`],
  );
}

function placeholder(field: Field): string {
  const one = item(field);
  return field.meta.list === undefined ? one : `${one} ...`;
}

function item({ name, meta }: Field): string {
  const { choices, range, tables, kind, quoted } = meta;
  if (choices !== undefined) return `{${Object.keys(choices).join(' | ')}}`;
  if (range !== undefined) return `<${range.minimum}-${range.maximum}>`;
  const [table, another] = tables ?? [];
  const what = table === undefined ? kind : another === undefined ? table.split(' ').at(-1) : name;
  const word = `<${what}>`;
  return quoted ? `"${word}"` : word;
}
