import type { Word } from '../../../grammar/word.ts';
import type { Field, Table } from '../../../schemas/table.ts';
import { expectedList, listsOf } from '../../model/changes/lists.ts';
import { expectedField } from '../../model/values/fields.ts';
import { lengthOfNetmask } from '../../net/netmask.ts';
import { onlyOf } from './only.ts';
import { type Resolved, resolveWord } from './resolve.ts';

/** The field of a table that a word names. */
export function resolveField(table: Table, word: Word): Resolved<Field> {
  const exact = table.fields.get(word.text) ?? otherwiseSpelt(table, word.text);
  if (exact !== undefined) return { found: exact };
  return fieldOf(table, resolveWord(word, [...table.fields.keys()], expectedField(table, word.text)));
}

/** The list of a table that a word names: an abbreviation is one among lists. Or the field that is none. */
export function resolveList(table: Table, word: Word): Resolved<Field> {
  const spelt = otherwiseSpelt(table, word.text);
  if (spelt !== undefined) return { found: spelt };
  const expected = expectedList(table);
  const names = listsOf(table).map(({ name }) => name);
  const list = fieldOf(table, resolveWord(word, names, expected));
  if ('found' in list) return list;
  const single = fieldOf(table, resolveWord(word, [...table.fields.keys()], expected));
  return 'found' in single ? single : list;
}

/**
 * Whether a word names one place of a list, as `trusthost2`: in other versions such a list is several fields, each with
 * one value.
 */
export function isOnePlace({ name, meta }: Field, { text }: Word): boolean {
  return (
    meta.list !== undefined && text !== name && /\d$/.test(text) && meta.spellings?.includes(text) === true
  );
}

/** The field that other versions know by this name. */
function otherwiseSpelt(table: Table, name: string): Field | undefined {
  return [...table.fields.values()].find(({ meta }) => meta.spellings?.includes(name));
}

function fieldOf(table: Table, resolved: Resolved<string>): Resolved<Field> {
  if ('fault' in resolved) return resolved;
  const field = table.fields.get(resolved.found);
  if (field === undefined) throw new Error(`${table.id} has no field ${resolved.found}`);
  return { found: field };
}

/**
 * Words as values of a field: an enum word may be abbreviated like any other; a netmask says how long a prefix is; a line
 * may have been pasted without quotes.
 */
export function fullValues(field: Field, words: readonly Word[]): string[] {
  const { takesNetmask, isLine } = field.meta;
  const [address, mask, ...more] = words;
  if (isLine && mask !== undefined && words.every(({ quoted }) => !quoted)) {
    const line = words.map(({ text }) => text).join(' ');
    if ('value' in field.read(line)) return [line];
  }
  if (takesNetmask && address !== undefined && mask !== undefined && more.length === 0) {
    const length = lengthOfNetmask(mask.text);
    if (length !== undefined && !address.text.includes('/')) return [`${address.text}/${length}`];
  }
  const { choices } = field;
  return words.map(({ text }) => (choices === undefined ? text : fullChoice(text, choices)));
}

/** The one of some choices that a text begins; itself where it begins none or several. */
export function fullChoice(text: string, choices: readonly string[]): string {
  if (text === '' || choices.includes(text)) return text;
  return onlyOf(choices.filter((choice) => choice.startsWith(text))) ?? text;
}
