import type { Word } from '../../../grammar/statement.ts';
import { type Item, itemsOf, sameItem } from '../../../schemas/content.ts';
import type { Field } from '../../../schemas/table.ts';
import { nearest } from '../../text/nearest.ts';
import type { Fault } from '../faults/problem.ts';
import { type Resolved, resolveWord } from '../faults/resolve.ts';
import { itemText } from '../printing/show.ts';
import { type Context, done, type Faults } from '../session/context.ts';
import type { RowLevel } from '../session/levels.ts';
import { fullChoice, readItem } from './fields.ts';

/** The list of the open row that a word names: an abbreviation is one among lists. */
export function resolveList({ table }: RowLevel, word: Word): Resolved<Field> {
  const lists = [...table.fields.values()].filter(({ meta }) => meta.list !== undefined);
  const names = lists.map(({ name }) => name);
  const expected = `a list of ${table.id}: ${names.length === 0 ? 'it has none' : names.join(', ')}`;
  const resolved = resolveWord(word, names, expected);
  if ('fault' in resolved) {
    const single = resolveWord(word, [...table.fields.keys()], expected);
    return 'found' in single ? { fault: noList(word, single.found, expected) } : resolved;
  }
  const field = table.fields.get(resolved.found);
  if (field === undefined) throw new Error(`${table.id} has no field ${resolved.found}`);
  return { found: field };
}

function noList({ text, span }: Word, field: string, expected: string): Fault {
  return { error: 'no-list', word: text, span, expected: `${expected}; ${field} takes "set" and "unset"` };
}

/** Does something with the list that a word names. */
export function changeList(
  { levels: { row: level } }: Context,
  name: Word,
  change: (level: RowLevel, field: Field) => Faults,
): Faults {
  if (level === undefined) return done;
  const resolved = resolveList(level, name);
  return 'fault' in resolved ? [resolved.fault] : change(level, resolved.found);
}

/** What a list holds: what is set, else its default. */
export function listItems({ draft, row }: RowLevel, { name, meta }: Field): readonly Item[] {
  return itemsOf(draft.row(row)?.fields.get(name) ?? meta.default);
}

/** Makes the words the whole of a list. */
export function replaceItems(
  context: Context,
  level: RowLevel,
  field: Field,
  words: readonly Word[],
): Faults {
  return addTo([], context, level, field, words);
}

/** Adds what is missing of the words at the end of a list. */
export function appendItems(context: Context, level: RowLevel, field: Field, words: readonly Word[]): Faults {
  return addTo(listItems(level, field), context, level, field, words);
}

function addTo(
  before: readonly Item[],
  context: Context,
  level: RowLevel,
  field: Field,
  words: readonly Word[],
): Faults {
  const maximum = field.meta.list?.maximum ?? 1;
  const items = [...before];
  const faults: Fault[] = [];
  let overfull = false;
  for (const word of words) {
    const reading = readItem(context, level.draft, field, word);
    if ('fault' in reading) {
      faults.push(reading.fault);
    } else if (!items.some((item) => sameItem(item, reading.item))) {
      if (items.length < maximum) {
        items.push(reading.item);
      } else if (!overfull) {
        overfull = true;
        faults.push(tooMany(word, field.name, maximum));
      }
    }
  }
  return settle(level, field, items, faults);
}

function tooMany({ text, span }: Word, list: string, maximum: number): Fault {
  return { error: 'too-many', word: text, span, expected: `at most ${maximum} entries in ${list}` };
}

/** Takes the words out of a list; each must be in it. */
export function removeItems(level: RowLevel, field: Field, words: readonly Word[]): Faults {
  const before = listItems(level, field);
  const texts = before.map((item) => itemText(level.draft, item));
  const removed = new Set<string>();
  const faults: Fault[] = [];
  for (const word of words) {
    const text = entryText(field, word.text, texts);
    if (texts.includes(text)) removed.add(text);
    else faults.push(notInList(field, word, texts));
  }
  const items = before.filter((_, index) => !removed.has(texts[index] ?? ''));
  return settle(level, field, items, faults);
}

/** How an entry stands in its list that may be written in another way, or abbreviated. */
function entryText(field: Field, word: string, texts: readonly string[]): string {
  const { choices, tables } = field.meta;
  if (tables !== undefined || texts.includes(word)) return word;
  if (choices !== undefined) return fullChoice(word, texts);
  const reading = field.read(word);
  return 'value' in reading ? String(reading.value) : word;
}

function notInList(field: Field, { text, span }: Word, texts: readonly string[]): Fault {
  const expected = `an entry of ${field.name}${texts.length === 0 ? ', which is empty' : ''}`;
  return { error: 'not-found', word: text, span, expected, nearest: nearest(text, texts) };
}

/** Takes everything out of a list. */
export function clearItems(level: RowLevel, field: Field): Faults {
  return settle(level, field, [], []);
}

/** Keeps the new items, unless something is wrong. An empty list is one that is not set, where that is its default. */
function settle(level: RowLevel, field: Field, items: readonly Item[], faults: Faults): Faults {
  if (faults.length > 0) {
    level.failed.add(field.name);
    return faults;
  }
  const isUnset = items.length === 0 && itemsOf(field.meta.default).length === 0;
  level.draft.set(level.row, field.name, isUnset ? undefined : items);
  return done;
}
