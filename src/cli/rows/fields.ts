import type { Word } from '../../../grammar/statement.ts';
import type { Item } from '../../../schemas/content.ts';
import type { Field } from '../../../schemas/table.ts';
import type { View } from '../../store/view.ts';
import type { Fault } from '../faults/problem.ts';
import { type Resolved, resolveWord } from '../faults/resolve.ts';
import type { Context } from '../session/context.ts';
import type { RowLevel } from '../session/levels.ts';
import { notFound } from './keys.ts';

/** The field of the open row that a word names. */
export function resolveField({ table }: RowLevel, word: Word): Resolved<Field> {
  const exact = table.fields.get(word.text);
  if (exact !== undefined) return { found: exact };
  const names = [...table.fields.keys()];
  const resolved = resolveWord(
    word,
    names,
    `a field of ${table.id}${names.length === 0 ? ', which has none' : ''}`,
  );
  if ('fault' in resolved) return resolved;
  const field = table.fields.get(resolved.found);
  if (field === undefined) throw new Error(`${table.id} has no field ${resolved.found}`);
  return { found: field };
}

/** What a word means as the value of a field, or as one item of a list. */
export function readItem(
  context: Pick<Context, 'catalogue' | 'permissions' | 'isRejected'>,
  view: View,
  field: Field,
  word: Word,
): { readonly item: Item } | { readonly fault: Fault } {
  const { choices, tables } = field.meta;
  if (tables !== undefined) return readLink(context, view, tables, word);
  const text = choices === undefined ? word.text : fullChoice(word.text, Object.keys(choices));
  const reading = field.read(text);
  if ('value' in reading) return { item: reading.value };
  const { fault, expected } = reading;
  if (choices === undefined) return { fault: { error: fault, word: word.text, span: word.span, expected } };
  const resolved = resolveWord(word, Object.keys(choices), expected);
  const nearest = 'fault' in resolved ? resolved.fault.nearest : undefined;
  return { fault: { error: fault, word: word.text, span: word.span, expected, nearest } };
}

/** An enum word may be abbreviated like any other. */
export function fullChoice(text: string, choices: readonly string[]): string {
  const beginning =
    text === '' || choices.includes(text) ? [text] : choices.filter((choice) => choice.startsWith(text));
  return beginning.length === 1 ? (beginning[0] ?? text) : text;
}

function readLink(
  context: Pick<Context, 'catalogue' | 'permissions' | 'isRejected'>,
  view: View,
  paths: readonly string[],
  word: Word,
): { readonly item: Item } | { readonly fault: Fault } {
  for (const path of paths) {
    const target = view.find(path, null, word.text);
    if (target !== undefined) return { item: { target } };
  }
  const tables = paths.map((path) => context.catalogue.get(path));
  return { fault: notFound(context, view, tables, null, word) };
}
