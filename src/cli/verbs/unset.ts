import { defineVerb } from '../language/verb.ts';
import { resolveField } from '../rows/fields.ts';
import { done } from '../session/context.ts';
import { fieldSuggestions } from '../typing/suggestion.ts';

export default defineVerb({
  verb: 'unset',
  help: 'Put a field back to its default',
  levels: ['row', 'singleton'],
  changes: true,
  suggest({ levels }, words) {
    const level = levels.row;
    return level === undefined || words.length > 0 ? [] : fieldSuggestions(level.table);
  },
  run({ levels }, { field: name }) {
    const level = levels.row;
    if (level === undefined) return done;
    const resolved = resolveField(level, name);
    if ('fault' in resolved) return [resolved.fault];
    level.draft.set(level.row, resolved.found.name, undefined);
    return done;
  },
});
