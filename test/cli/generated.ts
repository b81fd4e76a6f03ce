import fc from 'fast-check';
import { quote } from '../../grammar/quote.ts';
import type { Catalogue } from '../../schemas/catalogue.ts';
import { printPasswordRecord } from '../../schemas/kinds/secret.ts';
import type { Field, Table } from '../../schemas/table.ts';

/** Draws a value; fast-check keeps what was drawn, so that it can be made smaller. */
type Draw = <T>(arbitrary: () => fc.Arbitrary<T>) => T;

const nasty = [
  ...'"\'\\#?|<>()$ \t\né漢😀\u00a0\u202e',
  ' #',
  '\\\n',
  '\r\n',
  '""',
  '\n  next\nend\n',
  '-',
  '0',
];

/** Texts that have hurt some command line, up to the longest name. */
const texts = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 63 }),
    fc.string({ unit: fc.constantFrom(...nasty), maxLength: 20 }),
    fc.constantFrom('', 'next', 'end', 'unset', 'to', 'full-configuration', '0', '#', '?', 'HTTP '),
    fc.constantFrom('x'.repeat(63), '😀'.repeat(63), 'é'.repeat(63), `"${'\\'.repeat(61)}"`),
  )
  .map((text) => text.replace(/(?![\t\n])\p{Cc}/gu, ''));

const addresses = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([ip, bits]) => `${ip}/${bits}`),
  fc.constantFrom('0.0.0.0/0', '::/0', '0.0.0.0/32', '::/128', '::ffff:192.0.2.1', '255.255.255.255'),
);

const hostNames = fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,30}[A-Za-z0-9])?$/);

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

/** Passwords in the form in which they are kept: nothing has to be hashed. */
const passwordRecords = fc
  .record({ cost: fc.integer({ min: 10, max: 17 }), lanes: fc.constant(1), salt: bytes(16), hash: bytes(32) })
  .map(printPasswordRecord);

/** Keys of top-level rows that were written before, by table. */
type Written = Map<string, string[]>;

/** Disabled, no two policies take one place from each other. */
const fixed: Readonly<Record<string, readonly string[]>> = { 'server-policy policy': ['set status disable'] };

/** A configuration that uses every table of a catalogue, as commands in some spelling. */
export function configurationText(catalogue: Catalogue, draw: Draw): string {
  const written: Written = new Map(
    catalogue.tables.map(({ id, predefined }) => [id, [...predefined.keys()]]),
  );
  const lines: string[] = [];
  for (const table of catalogue.tables) {
    if (table.readOnly) continue;
    lines.push(`config ${table.path.join(' ')}`);
    if (table.key === undefined) lines.push(...members(table, draw, written));
    else lines.push(...rows(table, draw, written, sharedNames(catalogue, table)));
    lines.push('end');
  }
  return `${lines.join('\n')}\n`;
}

function rows(table: Table, draw: Draw, written: Written, namesTaken: readonly string[] = []): string[] {
  const taken = new Set(namesTaken);
  const lines: string[] = [];
  for (let count = draw(() => fc.integer({ min: 0, max: 3 })); count > 0; count--) {
    const key = draw(() => (table.key?.kind === 'number' ? fc.nat(70_000).map(String) : texts));
    const reading = table.readKey(key);
    if ('fault' in reading || taken.has(reading.key) || reading.key === '0') continue;
    if (!canBeWhole(table, written)) continue;
    taken.add(reading.key);
    lines.push(
      `edit ${spelled(key, draw)}`,
      ...members(table, draw, written),
      ...(fixed[table.id] ?? []),
      'next',
    );
    written.get(table.id)?.push(reading.key);
  }
  return lines;
}

/** Names of predefined rows that a reference would find instead of one of this table. */
function sharedNames(catalogue: Catalogue, table: Table): string[] {
  return catalogue.namesakes(table).flatMap(({ predefined }) => [...predefined.keys()]);
}

function canBeWhole(table: Table, written: Written): boolean {
  return [...table.fields.values()].every(
    ({ meta: { required, tables } }) =>
      !required || tables === undefined || tables.some((id) => (written.get(id) ?? []).length > 0),
  );
}

function members(table: Table, draw: Draw, written: Written): string[] {
  const fields = [...table.fields.values()].flatMap((field) => fieldLines(field, draw, written));
  const subTables = [...table.tables.values()].flatMap((sub) =>
    draw(() => fc.boolean()) ? [`config ${sub.name}`, ...rows(sub, draw, written), 'end'] : [],
  );
  return draw(() => fc.boolean()) ? [...fields, ...subTables] : [...subTables, ...fields];
}

function fieldLines(field: Field, draw: Draw, written: Written): string[] {
  const { name, meta } = field;
  if (!meta.required && draw(() => fc.boolean())) return draw(() => fc.boolean()) ? [] : [`unset ${name}`];
  const text = fieldText(field, draw, written);
  return text === undefined ? [] : [`set ${name} ${spelled(text, draw)}`];
}

function fieldText(field: Field, draw: Draw, written: Written): string | undefined {
  const { kind, choices = {}, range, secret, tables } = field.meta;
  if (tables !== undefined) {
    const targets = tables.flatMap((id) => written.get(id) ?? []);
    return targets.length === 0 ? undefined : draw(() => fc.constantFrom(...targets));
  }
  if (kind === 'choice') return draw(() => fc.constantFrom(...Object.keys(choices)));
  if (range !== undefined) {
    const { minimum: min, maximum: max } = range;
    return draw(() => fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max)).map(String));
  }
  if (secret === 'password') return draw(() => passwordRecords);
  const candidates = kind === 'address' ? addresses : fc.oneof(texts, hostNames);
  const fitting = candidates.filter((text) => 'value' in field.read(text));
  return draw(() => fitting);
}

/** One of the ways to write a word. */
function spelled(text: string, draw: Draw): string {
  const ways = [quote(text)];
  if (!text.includes("'")) ways.push(`'${text}'`);
  if (/^[\w.:/-]+$/.test(text)) ways.push(text);
  return draw(() => fc.constantFrom(...ways));
}
