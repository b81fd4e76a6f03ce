import { Draft } from '../../store/draft.ts';
import type { View } from '../../store/view.ts';
import type { ModelFault } from '../fault.ts';
import type { Model } from '../model.ts';
import { unwritable } from '../permission.ts';
import { isPredefined, keyFault, nextFreeNumber, noNumberLeft, predefinedFault } from '../rows/keys.ts';
import type { OpenRow } from '../rows/open-row.ts';
import type { OpenTable } from '../rows/open-table.ts';

export type Edited = {
  readonly opened: OpenRow;
  readonly key: string;
  /** There was no such entry: it is a new one. */
  readonly isNew: boolean;
};

/** Opens the entry of a key over a configuration; 0 is the next free number. One that does not exist is created. */
export function edit(
  model: Model,
  over: View,
  open: OpenTable,
  text: string,
): Edited | { readonly fault: ModelFault } {
  const { table, parent } = open;
  const refused = (fault: ModelFault): { readonly fault: ModelFault } => ({
    fault: { ...fault, argument: 'key' },
  });
  const draft = new Draft(over);
  const reading = table.readKey(text);
  // What an earlier Levee took can still be opened.
  if ('fault' in reading && draft.find(table.id, parent, text) === undefined) {
    return refused(keyFault(reading, text));
  }
  const meant = 'key' in reading ? reading.key : text;
  const takesNext = table.key?.kind === 'number' && meant === '0';
  const key = takesNext ? nextFreeNumber(over, open) : meant;
  if (key === undefined) return refused(noNumberLeft(open, text));
  const known = draft.find(table.id, parent, key);
  const row = known === undefined ? undefined : draft.open(known);
  if (row?.predefined || isPredefined(model, table, key)) return refused(predefinedFault(key));
  if (known !== undefined) return { opened: { table, row: known, draft }, key, isNew: false };
  const forbidden = unwritable(model, table);
  if (forbidden !== undefined) return refused(forbidden);
  if (Number.isFinite(table.limit) && over.rows(table.id, parent).length >= table.limit) {
    return refused({ error: 'too-many', word: key, expected: `at most ${table.limit} entries` });
  }
  return {
    opened: { table, row: draft.create(table.id, parent, key), draft },
    key,
    isNew: true,
  };
}
