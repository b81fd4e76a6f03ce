import type { Catalogue } from '../../schemas/catalogue.ts';
import type { Field, Table } from '../../schemas/table.ts';

/** What a configuration text sets, in no order: each `edit` and `set` after the lines that it stands in. */
export function facts(text: string, secrets: ReadonlySet<string> = new Set()): Set<string> {
  const found = new Set<string>();
  const levels: string[] = [];
  for (const line of text.split('\n').map((whole) => whole.trim().replace(/^config +/, 'config '))) {
    const [verb, field = ''] = line.split(' ');
    if (verb === 'config' || verb === 'edit') levels.push(line);
    if (verb === 'edit') found.add(levels.join(' / '));
    if (verb === 'set') found.add([...levels, secrets.has(field) ? `set ${field}` : line].join(' / '));
    if (verb === 'next' || verb === 'end') levels.pop();
  }
  return found;
}

/** Names of the fields that are not printed as they were entered. */
export function secretFields(catalogue: Catalogue): Set<string> {
  return new Set(
    catalogue.tables
      .flatMap(allFields)
      .filter(({ meta }) => meta.secret !== undefined)
      .map(({ name }) => name),
  );
}

function allFields(table: Table): Field[] {
  return [...table.fields.values(), ...[...table.tables.values()].flatMap(allFields)];
}
