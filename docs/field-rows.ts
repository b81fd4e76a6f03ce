import type { FieldMeta } from '../schemas/field.ts';
import type { Field, Table } from '../schemas/table.ts';
import { code, item, link, plain, sentence } from './markdown.ts';

/** One item for each field of a table: what it is for, what it takes and, below it, the words that may be entered. */
export function fieldRows(table: Table): string[] {
  const listed = new Map<string, string>();
  return [...table.fields.values()].map((field) => {
    const words = JSON.stringify(field.meta.choices ?? {});
    const above = listed.get(words);
    if (above === undefined) listed.set(words, field.name);
    return fieldRow(field, !table.readOnly, above);
  });
}

/** `settable`: someone can change it. `above`: a field that takes the same words and has them listed. */
function fieldRow({ name, meta }: Field, settable: boolean, above: string | undefined): string {
  const marks = [...(meta.extension ? ["Levee's own"] : []), ...(meta.ofNode ? ['of this node alone'] : [])];
  const mark = marks.length === 0 ? '' : ` (${marks.join(', ')})`;
  const spellings = (meta.spellings ?? []).map((other) => `also taken as ${code(other)}`);
  const parts = [capitalized(takes(meta, above)), ...howMany(meta), ...absence(meta, settable), ...spellings];
  const value = parts.join('; ');
  const words = Object.entries(above === undefined ? (meta.choices ?? {}) : {}).map(([word, help]) =>
    item(help === word ? code(word) : `${code(word)}: ${sentence(help)}`, 1),
  );
  const end = words.length > 0 ? ':' : '.';
  return [item(`**${plain(name)}**${mark}: ${sentence(meta.help)} ${value}${end}`), ...words].join('\n');
}

/** What may be entered. Words stand in the list below; tables are links. */
function takes({ choices, tables, expected }: FieldMeta, above: string | undefined): string {
  if (tables !== undefined) return `the name of an entry of ${tables.map(link).join(' or ')}`;
  if (choices === undefined) return plain(expected);
  const which = above === undefined ? 'these words' : `the words of ${above}`;
  return plain(expected.replace(Object.keys(choices).join(', '), which));
}

function howMany({ list }: FieldMeta): string[] {
  return list === undefined ? [] : [`a list of ${list.maximum} at most`];
}

/** What holds while nothing is set. */
function absence(meta: FieldMeta, settable: boolean): string[] {
  if (meta.default !== undefined) return [`default ${code([meta.default].flat().join(' '))}`];
  if (!settable) return [];
  if (meta.required) return ['it must be set'];
  if (meta.requiredWhere !== undefined) {
    const { field, is } = meta.requiredWhere;
    return [`it must be set where ${plain(field)} is ${is.map((value) => code(String(value))).join(' or ')}`];
  }
  if (meta.requiredUnless !== undefined) return [`it or ${plain(meta.requiredUnless)} must be set`];
  return [meta.list === undefined ? 'not set by default' : 'empty by default'];
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
