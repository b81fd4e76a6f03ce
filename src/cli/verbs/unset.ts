import { done } from '../context.ts';
import { resolveField } from '../fields.ts';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  verb: 'unset',
  help: 'Put a field back to its default',
  levels: ['row', 'singleton'],
  run({ levels }, { field: name }) {
    const level = levels.row;
    if (level === undefined) return done;
    const resolved = resolveField(level, name);
    if ('fault' in resolved) return [resolved.fault];
    level.draft.set(level.row, resolved.found.name, undefined);
    return done;
  },
});
