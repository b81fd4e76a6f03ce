import type { Catalogue } from '../schemas/catalogue.ts';
import type { Table } from '../schemas/table.ts';
import { fieldRows } from './field-rows.ts';
import { code, codeBlock, item, link, page, plain, sentence, wrapped } from './markdown.ts';
import { referencesTo } from './references.ts';
import { syntax } from './syntax.ts';

/** The path of a table as the name of a file, without extension. */
export function fileName(table: Table): string {
  return table.path.join('-');
}

/** The page of each table, by the path of the table: where links lead. */
export function pageAddresses(catalogue: Catalogue): Map<string, string> {
  return new Map(catalogue.tables.map((table) => [table.id, `${fileName(table)}.md`]));
}

/** The reference page of a top-level table with its sub-tables, as Markdown. `example`: a configuration that imports. */
export function tablePage(catalogue: Catalogue, table: Table, example: string): string {
  const whole = 'the whole of a configuration';
  const parts = [
    `<!-- Generated from schemas/${table.path.join('/')}.ts -->`,
    `# ${plain(table.id)}`,
    wrapped(sentence(table.help)),
    wrapped(permission(table)),
    ...(table.ofNode ? [wrapped(ofNode)] : []),
    '## Syntax',
    table.readOnly
      ? 'It can be shown and referred to; nothing of it can be changed.'
      : codeBlock(syntax(table)),
    '## Fields',
    ...fields(table, '###'),
    ...givenRows(table),
    ...users(catalogue, table),
    '## Example',
    wrapped(`This is ${link(whole)}; \`levee import\` takes it as it stands.`),
    codeBlock(example),
  ];
  const addresses = pageAddresses(catalogue).set(whole, `../examples/${fileName(table)}.conf`);
  return page(parts, addresses);
}

const ofNode = 'It is of this node alone: nodes of a cluster that share their configuration do not share it.';

function permission({ area, readOnly }: Table): string {
  const change = readOnly ? '' : ` and ${code('w')} or ${code('rw')} to change it`;
  return `Permission area ${code(area)}: ${code('r')} or ${code('rw')} to see it${change}.`;
}

/** The fields of a table, then those of its sub-tables, each under a heading. */
function fields(table: Table, heading: string): string[] {
  const rows = fieldRows(table);
  if (rows.length === 0 && table.tables.size === 0) rows.push('It has no fields but its name.');
  return [
    ...entries(table),
    ...(rows.length === 0 ? [] : [rows.join('\n')]),
    ...[...table.tables.values()].flatMap((inner) => [
      `${heading} ${plain(inner.name)}`,
      wrapped(sentence(inner.help)),
      ...fields(inner, `${heading}#`),
    ]),
  ];
}

function entries({ key, limit, readOnly }: Table): string[] {
  if (key === undefined || readOnly) return [];
  const most = Number.isFinite(limit) ? ` There can be ${limit} entries at most.` : '';
  return [wrapped(`${code('edit')} takes ${plain(key.expected)}.${most}`)];
}

function givenRows({ predefined, initial, tables }: Table): string[] {
  const always = [...predefined].flatMap(([key, row]) => [
    [key, row] as const,
    ...[...tables.values()].flatMap((table) =>
      [...table.predefinedIn(key)].map(
        ([number, inner]) => [`${key} ${table.name} ${number}`, inner] as const,
      ),
    ),
  ]);
  return [
    ...rowSection(
      'Predefined entries',
      'They are always there and can be named by others. They can be neither changed nor deleted.',
      new Map(always),
    ),
    ...rowSection(
      'Initial entries',
      'A new configuration begins with these. They are like any other.',
      initial,
    ),
  ];
}

function rowSection(heading: string, about: string, rows: Table['predefined']): string[] {
  if (rows.size === 0) return [];
  const items = [...rows].map(([key, row]) => {
    const values = [...row].map(([field, value]) => `${plain(field)} ${code([value].flat().join(' '))}`);
    return item(values.length === 0 ? code(key) : `${code(key)}: ${values.join(', ')}`);
  });
  return [`## ${heading}`, wrapped(about), items.join('\n')];
}

function users(catalogue: Catalogue, table: Table): string[] {
  const references = referencesTo(catalogue, table);
  if (references.length === 0) return [];
  const rows = references.map(({ table: user, within, field }) =>
    item(`${code([...within, field.name].join(' '))} of ${link(user.id)}`),
  );
  const consequence = "An entry can't be deleted while one of these names it:";
  const others = catalogue.namesakes(table).map(({ id }) => link(id));
  return [
    '## Who can refer to it',
    ...(table.readOnly ? [] : [consequence]),
    rows.join('\n'),
    ...(others.length === 0 ? [] : [wrapped(`It has no name in common with ${others.join(' or ')}.`)]),
  ];
}
