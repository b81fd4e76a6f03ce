import { unset } from '../../model/changes/set.ts';
import { done } from '../faults/problem.ts';
import { spanned } from '../faults/spanned.ts';
import { defineVerb } from '../language/verb.ts';
import { fieldSuggestions } from '../typing/suggestion.ts';
import { resolveField } from '../words/fields.ts';

export default defineVerb({
  verb: 'unset',
  help: 'Put a field back to its default',
  levels: ['row', 'singleton'],
  changes: true,
  suggest({ levels }, words) {
    const level = levels.row;
    return level === undefined || words.length > 0 ? [] : fieldSuggestions(level.table);
  },
  run({ levels, model }, { field }) {
    const level = levels.row;
    if (level === undefined) return done;
    const resolved = resolveField(level.table, field);
    return 'fault' in resolved
      ? [resolved.fault]
      : spanned(unset(model, level, resolved.found.name), { field });
  },
});
