import type { Word } from '../../../grammar/word.ts';
import { wordsAfter } from '../../../schemas/catalogue.ts';
import { itemsOf, type RowId } from '../../../schemas/content.ts';
import type { Field, Table } from '../../../schemas/table.ts';
import type { Model } from '../../model/model.ts';
import { canRead } from '../../model/permission.ts';
import type { View } from '../../store/view.ts';
import { shortened } from '../../text/shortened.ts';
import { contentText } from '../printing/show.ts';
import type { Position } from '../session/context.ts';
import { resolvePathWord } from '../words/resolve.ts';
import type { Highlight } from './assistance.ts';

/** Something that may stand next. */
export type Suggestion = {
  /** A word that can be entered, or for a person what to put there: `<name>`. */
  readonly word: string;
  readonly help: string;
  readonly kind: 'word' | 'hint';
  /** What such a word is, for its colour. */
  readonly highlight: Highlight['kind'];
};

/** What may stand after these whole words; `prefix` is what has been typed of the next. */
export type Suggest = (position: Position, words: readonly Word[], prefix: string) => readonly Suggestion[];

/** Keys that are offered at once: more than a screen holds, few enough to find at any size of the table. */
const offered = 200;

/** Words that may be entered, each with its help. */
export function words(
  entries: Iterable<readonly [string, string]>,
  highlight: Highlight['kind'],
): Suggestion[] {
  return [...entries].map(([word, help]) => ({ word, help, kind: 'word', highlight }));
}

export function hint(word: string, help: string): Suggestion {
  return { word, help, kind: 'hint', highlight: 'value' };
}

/** Fixed words, each with its help. */
export function choices(
  entries: Readonly<Record<string, string>>,
  highlight: Highlight['kind'] = 'value',
): Suggestion[] {
  return words(Object.entries(entries), highlight);
}

/** Words that go on a path; undefined once the path has named a table, with the words after it. */
export function pathSuggestions(
  { catalogue, permissions }: Pick<Model, 'catalogue' | 'permissions'>,
  path: readonly Word[],
):
  | { readonly suggestions: readonly Suggestion[] }
  | { readonly table: Table; readonly rest: readonly Word[] } {
  const known: string[] = [];
  for (const [index, word] of path.entries()) {
    const resolved = resolvePathWord(word, catalogue.wordsAfter(known), '');
    if ('fault' in resolved) return { suggestions: [] };
    known.push(resolved.found);
    const table = catalogue.find(known.join(' '));
    if (table !== undefined) return { table, rest: path.slice(index + 1) };
  }
  const readable = catalogue.tables.filter((table) => canRead({ permissions }, table));
  const next = wordsAfter(readable, known).map((word): readonly [string, string] => {
    const table = catalogue.find([...known, word].join(' '));
    return [word, table === undefined ? wordsAfter(readable, [...known, word]).join(', ') : tableHelp(table)];
  });
  return { suggestions: words(next, 'path') };
}

export function subTableSuggestions(table: Table): Suggestion[] {
  return words(
    [...table.tables.values()].map(({ name, help }) => [name, help] as const),
    'path',
  );
}

function tableHelp({ help, ofNode }: Table): string {
  return ofNode ? `${help} (of this node alone)` : help;
}

/** Keys of a table that begin so, sorted; numbers by their size. Their help is what is set in the row. */
export function keySuggestions(view: View, table: Table, parent: RowId | null, prefix: string): Suggestion[] {
  const { keys, last } = view.keys(table.id, parent, prefix, offered);
  const all = last === undefined ? [...keys] : [...keys, last];
  if (table.key?.kind === 'number') all.sort((one, other) => Number(one) - Number(other));
  return words(
    all.map((key) => [key, summary(view, table, view.find(table.id, parent, key))] as const),
    'value',
  );
}

/** The first few things that are set in a row. */
function summary(view: View, table: Table, id: RowId | undefined): string {
  const fields = id === undefined ? undefined : view.row(id)?.fields;
  return [...(fields ?? [])]
    .filter(([name]) => table.fields.get(name)?.meta.secret === undefined)
    .slice(0, 3)
    .map(([name, content]) => `${name} ${shortened(contentText(view, content), 40)}`)
    .join(', ');
}

export function fieldSuggestions(table: Table): Suggestion[] {
  return fields([...table.fields.values()]);
}

/** Fields that hold a list. */
export function listSuggestions(table: Table): Suggestion[] {
  return fields([...table.fields.values()].filter(({ meta }) => meta.list !== undefined));
}

function fields(those: readonly Field[]): Suggestion[] {
  return words(
    those.map((field) => [field.name, fieldHelp(field)] as const),
    'field',
  );
}

function fieldHelp({ meta }: Field): string {
  const marks = [...(meta.extension ? ["Levee's own"] : []), ...(meta.ofNode ? ['of this node alone'] : [])];
  return marks.length === 0 ? meta.help : `${meta.help} (${marks.join(', ')})`;
}

/** What a field may be set to, or what may be in its list. */
export function valueSuggestions(
  { levels: { view }, model }: Pick<Position, 'levels' | 'model'>,
  field: Field,
  prefix: string,
): Suggestion[] {
  const { choices: entries, tables, suggested, range, help, expected } = field.meta;
  const usual = itemsOf(field.meta.default);
  const standard = usual.length === 0 ? '' : ` (default ${usual.join(' ')})`;
  if (entries !== undefined) {
    return words(
      Object.entries(entries).map(
        ([word, text]) => [word, usual.includes(word) ? `${text} (default)` : text] as const,
      ),
      'value',
    );
  }
  if (tables !== undefined) {
    return tables.flatMap((path) => {
      const table = model.catalogue.get(path);
      return canRead(model, table) ? keySuggestions(view, table, null, prefix) : [];
    });
  }
  const known = suggested === undefined ? undefined : model.catalogue.get(suggested);
  if (known !== undefined) {
    const keys = canRead(model, known) ? keySuggestions(view, known, null, prefix) : [];
    return [...keys, hint('<name>', help)];
  }
  if (range !== undefined) return [hint(`<${range.minimum}-${range.maximum}>`, `${help}${standard}`)];
  return [hint(`<${expected.replace(/^an? /, '')}>`, `${help}${standard}`)];
}

/** Keys of the table in which the session stands. */
export function existingKeys(position: Pick<Position, 'levels' | 'model'>, prefix: string): Suggestion[] {
  const { view, table: level } = position.levels;
  return level === undefined || !canRead(position.model, level.table)
    ? []
    : keySuggestions(view, level.table, level.parent, prefix);
}

/** `<key> to <name>`. */
export function pairSuggestions(
  position: Pick<Position, 'levels' | 'model'>,
  { length }: readonly Word[],
  prefix: string,
): Suggestion[] {
  if (length === 0) return existingKeys(position, prefix);
  if (length === 1) return choices({ to: 'The new name follows' });
  return length === 2 ? [hint('<name>', 'A name that no other entry has')] : [];
}

/** `[PATH [KEY]]`, which `get` and `show` take. */
export function pathKeySuggestions(
  position: Pick<Position, 'levels' | 'model'>,
  path: readonly Word[],
  prefix: string,
): readonly Suggestion[] {
  const { levels } = position;
  const found = pathSuggestions(position.model, path);
  if ('suggestions' in found) return found.suggestions;
  const { table, rest } = found;
  return rest.length > 0 || table.key === undefined || !canRead(position.model, table)
    ? []
    : keySuggestions(levels.view, table, null, prefix);
}
