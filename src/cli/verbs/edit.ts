import { unwritable } from '../faults/permission.ts';
import { defineVerb, type Place } from '../language/verb.ts';
import { keyFault, nextFreeNumber, noNumberLeft } from '../rows/keys.ts';
import { done, type Faults } from '../session/context.ts';
import { existingKeys, hint, type Suggestion } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'edit',
  help: 'Open an entry; it is created where it does not exist',
  levels: ['table'],
  suggest: (place, words, prefix) => (words.length === 0 ? newOrExisting(place, prefix) : []),
  run(context, { key: { text, span } }): Faults {
    const { levels, catalogue, remark } = context;
    const level = levels.table;
    if (level === undefined) return done;
    const { table, parent } = level;
    const reading = table.readKey(text);
    if ('fault' in reading) return [keyFault(reading, { text, span, quoted: false })];
    const draft = levels.draft();
    const takesNext = table.key?.kind === 'number' && reading.key === '0';
    const key = takesNext ? nextFreeNumber(levels.view, level) : reading.key;
    if (key === undefined) return [noNumberLeft(level, { text, span })];
    const known = draft.find(table.id, parent, key);
    const row = known === undefined ? undefined : draft.open(known);
    const predefined = catalogue.namesakes(table).some((other) => other.predefined.has(key));
    if (table.readOnly || predefined || row?.predefined) {
      return [
        {
          error: 'read-only',
          word: key,
          span,
          expected: 'a name of your own, in a table that can be changed',
        },
      ];
    }
    if (known !== undefined) {
      levels.openRow(table, known, draft);
      return done;
    }
    const forbidden = unwritable(context, table, span);
    if (forbidden !== undefined) return [forbidden];
    if (Number.isFinite(table.limit) && levels.view.rows(table.id, parent).length >= table.limit) {
      return [{ error: 'too-many', word: key, span, expected: `at most ${table.limit} entries` }];
    }
    levels.openRow(table, draft.create(table.id, parent, key), draft);
    remark(`new entry '${key}' added`);
    return done;
  },
});

function newOrExisting(place: Place, prefix: string): Suggestion[] {
  const { table } = place.levels.table ?? {};
  if (table === undefined) return [];
  const help = table.key?.kind === 'number' ? '0 = the next free number' : 'A new entry';
  return [...existingKeys(place, prefix), hint(`<${table.key?.kind ?? 'name'}>`, help)];
}
