import type { Catalogue } from '../../schemas/catalogue.ts';
import type { FieldMeta } from '../../schemas/field.ts';
import { printPasswordRecord } from '../../schemas/kinds/secrets/secret.ts';
import type { Field, Table } from '../../schemas/table.ts';
import { lengthOfNetmask } from '../../src/net/netmask.ts';
import { quote } from '../../src/text/quote.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';
import { pem } from './pem.ts';

/** Draws a value; fast-check keeps what was drawn, so that it can be made smaller. */
export type Draw = <T>(arbitrary: () => fc.Arbitrary<T>) => T;

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
export const texts = fc
  .oneof(
    fc.string({ unit: codePoint, maxLength: 63 }),
    fc.string({ unit: fc.constantFrom(...nasty), maxLength: 20 }),
    fc.constantFrom('', 'next', 'end', 'unset', 'to', 'full-configuration', '0', '#', '?', 'HTTP '),
    fc.constantFrom('x'.repeat(63), '😀'.repeat(63), 'é'.repeat(63), `"${'\\'.repeat(61)}"`),
  )
  .map((text) => text.replace(/(?![\t\n])\p{Cc}/gu, ''));

const tokenRecords = fc.stringMatching(/^[A-Za-z0-9+/]{43}$/).map((text) => `$sha256$${text}`);

const moments = fc
  .integer({ min: 0, max: 250_000_000_000 })
  .map((seconds) => new Date(seconds * 1000).toISOString())
  .filter((text) => text.length === 24)
  .map((text) => text.replace('.000Z', 'Z'));

const plainNames = fc.stringMatching(/^[A-Za-z0-9_-]{1,63}$/);

/** What a long bracket of level 2, a comment or an escape takes in, and every kind of line end. */
const scriptPieces = fc.oneof(
  texts.map((text) => `local s = [==[${text.replaceAll(']', '')}]==]`),
  texts.map((text) => `-- ${text.replaceAll('\n', ' ')}`.replace('--[', '-- [')),
  texts.map((text) => `--[==[${text.replaceAll(']', '')}]==]`),
  fc.constantFrom(
    'x = "\\"\\\\\\\\"',
    "y = '\\'\"{'",
    'f "it\\\\\\\\"',
    '\tz = {}  ',
    'next = end_ or set',
    ' ',
    '',
  ),
);
const lineEnds = fc.constantFrom('\n', '\r\n', '\n\n', '\n\t ');

/** Scripts without a mistake, which nothing on their way must change. */
const scripts = fc
  .tuple(
    fc.constantFrom('', '\n', '\n\n', ' '),
    fc.array(fc.tuple(scriptPieces, lineEnds), { maxLength: 6 }),
    lineEnds,
  )
  .map(([start, pieces, end]) => `${start}when TCP_ACCEPTED {\n${pieces.flat().join('')}}${end}`);

const addresses = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 })).map(([ip, bits]) => `${ip}/${bits}`),
  fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 })).map(([ip, bits]) => `${ip}/${bits}`),
  fc.tuple(fc.ipV4(), fc.ipV4()).map(([first, last]) => `${first}-${last}`),
  fc.tuple(fc.ipV6(), fc.ipV6()).map(([first, last]) => `${first}-${last}`),
  fc.constantFrom('0.0.0.0/0', '::/0', '0.0.0.0/32', '::/128', '::ffff:192.0.2.1', '255.255.255.255'),
);

const hostNames = fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,30}[A-Za-z0-9])?$/);

const mailAddresses = fc
  .tuple(fc.stringMatching(/^[\w.+-]{1,20}$/), hostNames)
  .map((parts) => parts.join('@'));

const paths = fc.stringMatching(/^(?:\/[\w.-]{1,10}){1,4}$/);

const publicKeys = fc.tuple(bytes(32), texts).map(([key, comment]) => {
  const type = 'ssh-ed25519';
  const blob = Buffer.concat([length(type.length), Buffer.from(type), length(key.length), key]);
  return `${type} ${blob.toString('base64')} ${comment.replace(/\s+/g, ' ')}`;
});

function length(value: number): Uint8Array {
  return Uint8Array.of(0, 0, 0, value);
}

const base32 = fc.stringMatching(/^[A-Za-z2-7]{16,32}$/);

/** Secrets that can be had back. */
const clearTexts = texts.filter((text) => text !== '' && text !== 'ENC');

function bytes(length: number) {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

/** Passwords in the form in which they are kept: nothing has to be hashed. */
const passwordRecords = fc
  .record({ cost: fc.integer({ min: 10, max: 17 }), lanes: fc.constant(1), salt: bytes(16), hash: bytes(32) })
  .map(printPasswordRecord);

/** Keys of top-level rows that were written before, by table. */
export type Written = Map<string, string[]>;

/** What ends a row, so that nothing is objected to it: disabled, no two policies take one place from each other. */
const fixed: Readonly<Record<string, readonly string[]>> = {
  'log alertMail': ['set status disable'],
  'log email-policy': ['set smtp-auth disable'],
  'log syslog-policy syslog-server-list': [`set certificate "${pem}"`, 'set private-key secret'],
  'system access-door': ['set status disable'],
  'system cluster': ['set status disable'],
  'server-policy policy': ['set status disable', 'append proxy-protocol-from 192.0.2.1'],
};

/** A configuration that uses every table of a catalogue, as commands in some spelling. */
export function configurationText(catalogue: Catalogue, draw: Draw): string {
  const written: Written = new Map(
    catalogue.tables.map(({ id, predefined }) => [id, [...predefined.keys()]]),
  );
  const lines: string[] = [];
  for (const table of catalogue.tables) {
    if (table.readOnly) continue;
    lines.push(`config ${table.path.join(' ')}`);
    if (table.key === undefined) lines.push(...members(table, draw, written), ...(fixed[table.id] ?? []));
    else lines.push(...rows(table, draw, written, sharedNames(catalogue, table)));
    lines.push('end');
  }
  return `${lines.join('\n')}\n`;
}

function rows(table: Table, draw: Draw, written: Written, namesTaken: readonly string[] = []): string[] {
  const taken = new Set(namesTaken);
  const lines: string[] = [];
  for (let count = draw(() => fc.integer({ min: 0, max: 3 })); count > 0; count--) {
    const key = draw(() => keysOf(table));
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

export function keysOf({ key }: Table): fc.Arbitrary<string> {
  if (key?.kind === 'number') return fc.nat(70_000).map(String);
  return key?.pattern === undefined ? texts : plainNames;
}

/** Names of predefined rows that a reference would find instead of one of this table. */
function sharedNames(catalogue: Catalogue, table: Table): string[] {
  return catalogue.namesakes(table).flatMap(({ predefined }) => [...predefined.keys()]);
}

function canBeWhole(table: Table, written: Written): boolean {
  return [...table.fields.values()].every(
    ({ meta }) =>
      !mayBeRequired(meta) ||
      meta.tables === undefined ||
      meta.tables.some((id) => (written.get(id) ?? []).length > 0),
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
  if (meta.list !== undefined) return listLines(field, meta.list.maximum, draw, written);
  if (!mayBeRequired(meta) && draw(() => fc.boolean()))
    return draw(() => fc.boolean()) ? [] : [`unset ${name}`];
  const text = fieldText(field, draw, written);
  // Of a token the kept form is drawn: nobody gives one of their own.
  const marker = meta.secret === 'token' ? 'ENC ' : '';
  return text === undefined ? [] : [`set ${name} ${marker}${spelled(text, draw)}`];
}

function mayBeRequired({ required, requiredWhere, requiredUnless }: FieldMeta): boolean {
  return required === true || requiredWhere !== undefined || requiredUnless !== undefined;
}

/** A list that is set, added to, taken from and emptied; at its end nothing is missing. */
function listLines(field: Field, maximum: number, draw: Draw, written: Written): string[] {
  const { name, meta } = field;
  const lines: string[] = [];
  let present: readonly string[] = [meta.default ?? []].flat().map(String);
  const add = (verb: 'set' | 'select' | 'append', most: number): void => {
    const texts = several(field, most, draw, written);
    if (texts.length === 0) return;
    lines.push(`${verb} ${name} ${texts.map((text) => spelled(text, draw)).join(draw(() => gaps))}`);
    const kept = verb === 'append' ? present : [];
    present = [...new Set([...kept, ...texts.map((text) => canonical(field, text))])];
  };
  for (let count = draw(() => fc.integer({ min: 0, max: 3 })); count > 0; count--) {
    const verb = draw(() => fc.constantFrom('set', 'select', 'append', 'unselect', 'clear', 'unset'));
    if (verb === 'unselect') {
      const gone = draw(() => fc.subarray([...present]));
      if (gone.length > 0)
        lines.push(`unselect ${name} ${gone.map((text) => spelled(text, draw)).join(' ')}`);
      present = present.filter((text) => !gone.includes(text));
    } else if (verb === 'clear' || verb === 'unset') {
      lines.push(`${verb} ${name}`);
      present = verb === 'clear' ? [] : [meta.default ?? []].flat().map(String);
    } else {
      add(verb, verb === 'append' ? maximum - present.length : maximum);
    }
  }
  if (mayBeRequired(meta) && present.length === 0) add('append', maximum);
  return lines;
}

const gaps = fc.constantFrom(' ', '   ', '\t', ' \\\n');

function several(field: Field, most: number, draw: Draw, written: Written): string[] {
  const count = draw(() => fc.integer({ min: Math.min(1, most), max: Math.min(4, most) }));
  return (
    Array.from({ length: count }, () => fieldText(field, draw, written) ?? [])
      .flat()
      // Behind an address, a netmask is no item of its own.
      .filter((text, index) => index === 0 || !field.meta.takesNetmask || lengthOfNetmask(text) === undefined)
  );
}

/** An item as it stands in its list. */
function canonical(field: Field, text: string): string {
  if (field.meta.tables !== undefined) return text;
  const reading = field.read(text);
  return 'value' in reading ? String(reading.value) : text;
}

export function fieldText(field: Field, draw: Draw, written: Written): string | undefined {
  const { kind, choices = {}, range, secret, secretForm, tables } = field.meta;
  if (tables !== undefined) {
    const targets = tables.flatMap((id) => written.get(id) ?? []);
    return targets.length === 0 ? undefined : draw(() => fc.constantFrom(...targets));
  }
  if (kind === 'script') return draw(() => scripts);
  if (kind === 'choice') return draw(() => fc.constantFrom(...Object.keys(choices)));
  if (range !== undefined) {
    const { minimum: min, maximum: max } = range;
    return draw(() => fc.oneof(fc.integer({ min, max }), fc.constantFrom(min, max)).map(String));
  }
  if (secret === 'password') return draw(() => passwordRecords);
  if (secret === 'token') return draw(() => tokenRecords);
  if (secret === 'reversible') return draw(() => (secretForm === undefined ? clearTexts : base32));
  const candidates =
    kind === 'address'
      ? addresses
      : fc.oneof(texts, hostNames, mailAddresses, paths, publicKeys, moments, fc.constant(pem));
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
