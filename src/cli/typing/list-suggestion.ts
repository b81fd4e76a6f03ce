import type { Word } from '../../../grammar/statement.ts';
import type { Item } from '../../../schemas/content.ts';
import type { Field } from '../../../schemas/table.ts';
import type { Place, Suggest } from '../language/verb.ts';
import { itemText } from '../printing/show.ts';
import { listItems, resolveList } from '../rows/lists.ts';
import { listSuggestions, type Suggestion, valueSuggestions, words } from './suggestion.ts';

/** What may be one more item of a list that holds `present` already, behind the words that are being added. */
export function newItemSuggestions(
  place: Place,
  field: Field,
  typed: readonly Word[],
  prefix: string,
  present: readonly Item[],
): Suggestion[] {
  const { view } = place.levels;
  const taken = new Set([...present.map((item) => itemText(view, item)), ...typed.map(({ text }) => text)]);
  return valueSuggestions(place, field, prefix).filter(
    ({ kind, word }) => kind === 'hint' || !taken.has(word),
  );
}

/** After `append`, `unselect` or `select`: the lists of the row, then what may be said of one. */
export function suggestItems(
  items: (place: Place, field: Field, typed: readonly Word[], prefix: string) => readonly Suggestion[],
): Suggest {
  return (place, [name, ...typed], prefix) => {
    const level = place.levels.row;
    if (level === undefined) return [];
    if (name === undefined) return listSuggestions(level.table);
    const resolved = resolveList(level, name);
    return 'fault' in resolved ? [] : items(place, resolved.found, typed, prefix);
  };
}

/** What is in a list and not among the words yet. */
export function presentItemSuggestions(place: Place, field: Field, typed: readonly Word[]): Suggestion[] {
  const level = place.levels.row;
  if (level === undefined) return [];
  const taken = new Set(typed.map(({ text }) => text));
  const texts = listItems(level, field).map((item) => itemText(level.draft, item));
  const help = (text: string): string => field.meta.choices?.[text] ?? '';
  return words(
    texts.filter((text) => !taken.has(text)).map((text) => [text, help(text)] as const),
    'value',
  );
}
