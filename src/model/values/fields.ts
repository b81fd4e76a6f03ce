import type { Item } from '../../../schemas/content.ts';
import type { Field, Table } from '../../../schemas/table.ts';
import type { View } from '../../store/view.ts';
import { nearest } from '../../text/nearest.ts';
import type { ModelFault } from '../fault.ts';
import type { Model } from '../model.ts';
import { notFound } from '../rows/keys.ts';

/** What the name of a field should have been: one of all there are, where none is near. */
export function expectedField(table: Table, name: string): string {
  const names = [...table.fields.keys()];
  const list = nearest(name, names) === undefined ? `: ${names.join(', ')}` : '';
  return `a field of ${table.id}${names.length === 0 ? ', which has none' : list}`;
}

/** The field of a table that has this name. */
export function fieldNamed(table: Table, name: string): Field | { readonly fault: ModelFault } {
  const field = table.fields.get(name);
  if (field !== undefined) return field;
  return {
    fault: {
      error: 'unknown-word',
      word: name,
      argument: 'field',
      expected: expectedField(table, name),
      nearest: nearest(name, table.fields.keys()),
    },
  };
}

type Reader = Pick<Model, 'catalogue' | 'permissions' | 'isRejected'>;

/** What a text means as the value of a field, or as one item of a list; `index` is its place among the values. */
export function readItem(
  reader: Reader,
  view: View,
  field: Field,
  text: string,
  index: number,
): { readonly item: Item } | { readonly fault: ModelFault } {
  const { choices, tables } = field.meta;
  if (tables !== undefined) return readLink(reader, view, tables, text, index);
  const reading = field.read(text);
  if ('value' in reading) return { item: reading.value };
  const { fault: error, expected } = reading;
  const meant = choices === undefined ? undefined : likelyChoice(text, Object.keys(choices));
  return { fault: { error, word: text, argument: index, expected, nearest: meant } };
}

/** A text that several choices begin with means none of them rather than another. */
function likelyChoice(text: string, choices: readonly string[]): string | undefined {
  const isAmbiguous = text !== '' && choices.filter((choice) => choice.startsWith(text)).length > 1;
  return isAmbiguous ? undefined : nearest(text, choices);
}

function readLink(
  reader: Reader,
  view: View,
  paths: readonly string[],
  text: string,
  index: number,
): { readonly item: Item } | { readonly fault: ModelFault } {
  for (const path of paths) {
    const target = view.find(path, null, text);
    if (target !== undefined) return { item: { target } };
  }
  const tables = paths.map((path) => reader.catalogue.get(path));
  return { fault: { ...notFound(reader, view, tables, null, text), argument: index } };
}
