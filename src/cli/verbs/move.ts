import { defineVerb } from '../language/verb.ts';
import { changeTable } from '../rows/change.ts';
import { existingRow } from '../rows/keys.ts';
import { done } from '../session/context.ts';
import { choices, existingKeys } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'move',
  help: 'Put an entry before or after another one',
  levels: ['table'],
  changes: true,
  suggest(place, words, prefix) {
    if (words.length === 1)
      return choices({ before: 'Right before another entry', after: 'Right after another entry' });
    return words.length < 3 ? existingKeys(place, prefix) : [];
  },
  run(context, { key, side, other }) {
    const level = context.levels.table;
    if (level === undefined) return done;
    return changeTable(context, (draft) => {
      const found = existingRow(context, draft, level.table, level.parent, key);
      if ('fault' in found) return [found.fault];
      const neighbour = existingRow(context, draft, level.table, level.parent, other);
      if ('fault' in neighbour) return [neighbour.fault];
      if (found.id !== neighbour.id) draft.move(found.id, side, neighbour.id);
      return done;
    });
  },
});
