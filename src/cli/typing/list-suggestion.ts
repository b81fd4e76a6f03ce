import type { Word } from '../../../grammar/word.ts';
import type { Item } from '../../../schemas/content.ts';
import type { Field } from '../../../schemas/table.ts';
import { itemText } from '../../store/view.ts';
import type { Position } from '../session/context.ts';
import { resolveList } from '../words/fields.ts';
import { listTexts } from '../words/lists.ts';
import { listSuggestions, type Suggest, type Suggestion, valueSuggestions, words } from './suggestion.ts';

/** What may be one more item of a list that holds `present` already, behind the words that are being added. */
export function newItemSuggestions(
  position: Position,
  field: Field,
  typed: readonly Word[],
  prefix: string,
  present: readonly Item[],
): Suggestion[] {
  const { view } = position.levels;
  const taken = new Set([...present.map((item) => itemText(view, item)), ...typed.map(({ text }) => text)]);
  return valueSuggestions(position, field, prefix).filter(
    ({ kind, word }) => kind === 'hint' || !taken.has(word),
  );
}

/** After `append`, `unselect` or `select`: the lists of the row, then what may be said of one. */
export function suggestItems(
  items: (position: Position, field: Field, typed: readonly Word[], prefix: string) => readonly Suggestion[],
): Suggest {
  return (position, [name, ...typed], prefix) => {
    const level = position.levels.row;
    if (level === undefined) return [];
    if (name === undefined) return listSuggestions(level.table);
    const resolved = resolveList(level.table, name);
    if ('fault' in resolved || resolved.found.meta.list === undefined) return [];
    return items(position, resolved.found, typed, prefix);
  };
}

/** What is in a list and not among the words yet. */
export function presentItemSuggestions(
  position: Position,
  field: Field,
  typed: readonly Word[],
): Suggestion[] {
  const level = position.levels.row;
  if (level === undefined) return [];
  const taken = new Set(typed.map(({ text }) => text));
  const texts = listTexts(level, field);
  const help = (text: string): string => field.meta.choices?.[text] ?? '';
  return words(
    texts.filter((text) => !taken.has(text)).map((text) => [text, help(text)] as const),
    'value',
  );
}
