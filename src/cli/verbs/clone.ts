import type { RowId } from '../../../schemas/content.ts';
import type { Table } from '../../../schemas/table.ts';
import type { Draft } from '../../store/draft.ts';
import { defineVerb } from '../language/verb.ts';
import { changePair } from '../rows/pair.ts';
import { done } from '../session/context.ts';
import { pairSuggestions } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'clone',
  help: 'Copy an entry under a new name',
  levels: ['table'],
  changes: true,
  suggest: (place, words, prefix) => pairSuggestions(place, words, prefix),
  run: (context, statement) =>
    changePair(context, statement, (draft, table, row, key) => {
      copyRow(draft, table, row.id, row.parent, key);
      return done;
    }),
});

function copyRow(draft: Draft, table: Table, from: RowId, parent: RowId | null, key: string): void {
  const copy = draft.create(table.id, parent, key);
  for (const [field, content] of draft.row(from)?.fields ?? []) {
    // A secret belongs to one entry: whoever makes a copy of it does not know it.
    if (table.fields.get(field)?.meta.secret === undefined) draft.set(copy, field, content);
  }
  for (const sub of table.tables.values()) {
    for (const row of draft.rows(sub.id, from)) copyRow(draft, sub, row.id, copy, row.key);
  }
}
