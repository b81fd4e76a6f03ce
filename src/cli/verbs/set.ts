import { done } from '../context.ts';
import { readContent, resolveField } from '../fields.ts';
import { fieldSuggestions, valueSuggestions } from '../suggestion.ts';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  verb: 'set',
  help: 'Give a field a value',
  levels: ['row', 'singleton'],
  suggest({ catalogue, levels }, words, prefix) {
    const level = levels.row;
    if (level === undefined) return [];
    const [name, ...values] = words;
    if (name === undefined) return fieldSuggestions(level.table);
    const resolved = resolveField(level, name);
    if ('fault' in resolved || values.length > 0) return [];
    return valueSuggestions(catalogue, levels.view, resolved.found, prefix);
  },
  run(context, { field: name, values }) {
    const level = context.levels.row;
    const [value, superfluous] = values;
    if (level === undefined || value === undefined) return done;
    const resolved = resolveField(level, name);
    if ('fault' in resolved) return [resolved.fault];
    const field = resolved.found;
    const reading = readContent(context, level.draft, field, value);
    if ('fault' in reading) {
      level.failed.add(field.name);
      return [reading.fault];
    }
    if (superfluous !== undefined) {
      const { text, span } = superfluous;
      level.failed.add(field.name);
      return [{ error: 'unknown-word', word: text, span, expected: `one word: ${field.meta.expected}` }];
    }
    level.draft.set(level.row, field.name, reading.content);
    return done;
  },
});
