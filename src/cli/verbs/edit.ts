import { edit } from '../../model/changes/edit.ts';
import { done, type Faults } from '../faults/problem.ts';
import { spanned } from '../faults/spanned.ts';
import { defineVerb } from '../language/verb.ts';
import type { Position } from '../session/context.ts';
import { existingKeys, hint, type Suggestion } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'edit',
  alsoCalled: ['add', 'new', 'create'],
  help: 'Open an entry; it is created where it does not exist',
  levels: ['table'],
  suggest: (position, words, prefix) => (words.length === 0 ? newOrExisting(position, prefix) : []),
  run({ levels, model, person }, { key }): Faults {
    const { table, view } = levels;
    if (table === undefined) return done;
    const edited = edit(model, view, table, key.text);
    if ('fault' in edited) return spanned([edited.fault], { key });
    levels.openRow(edited.opened);
    if (edited.isNew) person?.remark(`new entry '${edited.key}' added`);
    return done;
  },
});

function newOrExisting(position: Position, prefix: string): Suggestion[] {
  const { table } = position.levels.table ?? {};
  if (table === undefined) return [];
  const help = table.key?.kind === 'number' ? '0 = the next free number' : 'A new entry';
  return [...existingKeys(position, prefix), hint(`<${table.key?.kind ?? 'name'}>`, help)];
}
