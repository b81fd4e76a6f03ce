import { oneLine } from '../../text/harmless.ts';
import type { LogField } from './record.ts';

/** One line, without its newline: key=value, texts in double quotes. */
export function printLine(fields: readonly LogField[]): string {
  return fields.map(({ key, value, bare }) => `${key}=${bare ? plain(key, value) : quoted(value)}`).join(' ');
}

/** A name may hold anything but most control characters: one record stays one line. */
function quoted(value: string | number): string {
  return `"${oneLine(String(value).replace(/["\\]/g, '\\$&'))}"`;
}

/** A word that looks like a number is quoted, so that it is not read as one. Ids never are read so. */
function plain(key: string, value: string | number): string {
  const fits = typeof value === 'number' || (/^[\w.:/-]+$/.test(value) && !readsAsNumber(key, value));
  return fits ? String(value) : quoted(value);
}

function readsAsNumber(key: string, word: string): boolean {
  return !key.endsWith('_id') && /^-?(?:0|[1-9]\d{0,14})(?:\.\d+)?$/.test(word);
}

/** The keys of a record with their values; numbers are numbers where the line has them bare. */
export type FieldValues = Readonly<Record<string, string | number>>;

export function fieldValues(fields: readonly LogField[]): FieldValues {
  return Object.fromEntries(fields.map(({ key, value }) => [key, value]));
}

const field = /(\w+)=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*))(?: |$)/y;

/** Reads a line of `printLine`. A line that somebody else has written gives what can be read of it. */
export function readLine(line: string): FieldValues {
  const values: Record<string, string | number> = {};
  field.lastIndex = 0;
  for (let match = field.exec(line); match !== null; match = field.exec(line)) {
    const [, key = '', inQuotes, word = ''] = match;
    if (inQuotes !== undefined) values[key] = unquoted(inQuotes);
    else values[key] = readsAsNumber(key, word) ? Number(word) : word;
  }
  return values;
}

function unquoted(escaped: string): string {
  return escaped.replace(/\\(u[0-9a-f]{4}|.)/gs, (_, what: string) => {
    if (what.length > 1) return String.fromCharCode(Number.parseInt(what.slice(1), 16));
    return { n: '\n', r: '\r', t: '\t' }[what] ?? what;
  });
}
