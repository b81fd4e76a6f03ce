import { quote } from '../../text/quote.ts';

/** A word of the command line that is a name or a text: always quoted, so that it is no word of ours. */
export function name(text: string): string {
  return quote(text);
}

/** A table and an entry of it, with what is set there; `null` unsets. */
export function editLines(
  table: string,
  key: string,
  fields: Readonly<Record<string, string | null>>,
): readonly string[] {
  const set = Object.entries(fields).map(([field, value]) =>
    value === null ? `    unset ${field}` : `    set ${field} ${value}`,
  );
  return [`config ${table}`, `  edit ${name(key)}`, ...set, '  next', 'end'];
}

/** The lines of a change, so that it is taken back by itself unless it is confirmed within so many minutes. */
export function confirmedLines(lines: readonly string[], minutes: number): readonly string[] {
  return [
    'execute config-transaction start',
    ...lines,
    `execute config-transaction commit confirmed ${minutes}`,
  ];
}
