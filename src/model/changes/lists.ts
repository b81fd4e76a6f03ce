import { type Item, itemsOf, sameItem } from '../../../schemas/content.ts';
import type { Field, Table } from '../../../schemas/table.ts';
import { itemText } from '../../store/view.ts';
import { nearest } from '../../text/nearest.ts';
import { accepted, type ModelFault, type ModelFaults } from '../fault.ts';
import type { Model } from '../model.ts';
import { unwritable } from '../permission.ts';
import type { OpenRow } from '../rows/open-row.ts';
import { readItem } from '../values/fields.ts';

export function listsOf(table: Table): readonly Field[] {
  return [...table.fields.values()].filter(({ meta }) => meta.list !== undefined);
}

/** What the name of a list should have been. */
export function expectedList(table: Table): string {
  const names = listsOf(table).map(({ name }) => name);
  return `a list of ${table.id}: ${names.length === 0 ? 'it has none' : names.join(', ')}`;
}

/** What a list holds: what is set, else its default. */
export function listItems({ draft, row }: OpenRow, { name, meta }: Field): readonly Item[] {
  return itemsOf(draft.row(row)?.fields.get(name) ?? meta.default);
}

/** Makes the values the whole of a list of an open row. */
export function select(model: Model, open: OpenRow, name: string, values: readonly string[]): ModelFaults {
  return change(model, open, name, (field) => addTo([], model, open, field, values));
}

/** Adds what is missing of the values at the end of a list. */
export function append(model: Model, open: OpenRow, name: string, values: readonly string[]): ModelFaults {
  return change(model, open, name, (field) => addTo(listItems(open, field), model, open, field, values));
}

/** Takes the values out of a list; each must be in it. */
export function unselect(model: Model, open: OpenRow, name: string, values: readonly string[]): ModelFaults {
  return change(model, open, name, (field) => takeOut(open, field, values));
}

/** Takes everything out of a list. */
export function clear(model: Model, open: OpenRow, name: string): ModelFaults {
  return change(model, open, name, (field) => settle(open, field, [], accepted));
}

/** Does something with the list of this name. */
function change(
  model: Model,
  { table }: OpenRow,
  name: string,
  act: (field: Field) => ModelFaults,
): ModelFaults {
  const forbidden = unwritable(model, table);
  if (forbidden !== undefined) return [forbidden];
  const field = table.fields.get(name);
  if (field?.meta.list !== undefined) return act(field);
  const expected = expectedList(table);
  if (field !== undefined) {
    const instead = `${expected}; ${name} takes "set" and "unset"`;
    return [{ error: 'no-list', word: name, argument: 'field', expected: instead }];
  }
  const lists = listsOf(table).map((list) => list.name);
  return [{ error: 'unknown-word', word: name, argument: 'field', expected, nearest: nearest(name, lists) }];
}

function addTo(
  before: readonly Item[],
  model: Model,
  open: OpenRow,
  field: Field,
  values: readonly string[],
): ModelFaults {
  const maximum = field.meta.list?.maximum ?? 1;
  const items = [...before];
  const faults: ModelFault[] = [];
  let overfull = false;
  for (const [index, value] of values.entries()) {
    const reading = readItem(model, open.draft, field, value, index);
    if ('fault' in reading) {
      faults.push(reading.fault);
    } else if (!items.some((item) => sameItem(item, reading.item))) {
      if (items.length < maximum) {
        items.push(reading.item);
      } else if (!overfull) {
        overfull = true;
        const expected = `at most ${maximum} entries in ${field.name}`;
        faults.push({ error: 'too-many', word: value, argument: index, expected });
      }
    }
  }
  return settle(open, field, items, faults);
}

function takeOut(open: OpenRow, field: Field, values: readonly string[]): ModelFaults {
  const before = listItems(open, field);
  const texts = before.map((item) => itemText(open.draft, item));
  const removed = new Set<string>();
  const faults: ModelFault[] = [];
  for (const [index, value] of values.entries()) {
    const text = entryText(field, value, texts);
    if (texts.includes(text)) removed.add(text);
    else faults.push(notInList(field, value, index, texts));
  }
  const items = before.filter((_, index) => !removed.has(texts[index] ?? ''));
  return settle(open, field, items, faults);
}

/** How an entry stands in its list that may be written in another way. */
function entryText(field: Field, value: string, texts: readonly string[]): string {
  if (field.meta.tables !== undefined || texts.includes(value)) return value;
  const reading = field.read(value);
  return 'value' in reading ? String(reading.value) : value;
}

function notInList(field: Field, word: string, argument: number, texts: readonly string[]): ModelFault {
  const expected = `an entry of ${field.name}${texts.length === 0 ? ', which is empty' : ''}`;
  return { error: 'not-found', word, argument, expected, nearest: nearest(word, texts) };
}

/** Keeps the new items, unless something is wrong. An empty list is one that is not set, where that is its default. */
function settle(open: OpenRow, field: Field, items: readonly Item[], faults: ModelFaults): ModelFaults {
  if (faults.length > 0) return faults;
  const isUnset = items.length === 0 && itemsOf(field.meta.default).length === 0;
  open.draft.set(open.row, field.name, isUnset ? undefined : items);
  return accepted;
}
