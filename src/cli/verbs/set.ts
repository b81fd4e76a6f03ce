import type { Word } from '../../../grammar/statement.ts';
import { readNewPassword } from '../../access/new-password.ts';
import { done, type Faults } from '../context.ts';
import { readItem, resolveField } from '../fields.ts';
import type { RowLevel } from '../levels.ts';
import { newItemSuggestions } from '../list-suggestion.ts';
import { replaceItems } from '../lists.ts';
import { after } from '../resolve.ts';
import { fieldSuggestions, valueSuggestions } from '../suggestion.ts';
import { defineVerb } from '../verb.ts';

export default defineVerb({
  verb: 'set',
  help: 'Give a field a value',
  levels: ['row', 'singleton'],
  changes: true,
  suggest(place, words, prefix) {
    const level = place.levels.row;
    if (level === undefined) return [];
    const [name, ...values] = words;
    if (name === undefined) return fieldSuggestions(level.table);
    const resolved = resolveField(level, name);
    if ('fault' in resolved) return [];
    const field = resolved.found;
    if (field.meta.list !== undefined) return newItemSuggestions(place, field, values, prefix, []);
    return values.length > 0 ? [] : valueSuggestions(place, field, prefix);
  },
  run(context, { field: name, values }) {
    const level = context.levels.row;
    const [value, superfluous] = values;
    if (level === undefined || value === undefined) return done;
    const resolved = resolveField(level, name);
    if ('fault' in resolved) return [resolved.fault];
    const field = resolved.found;
    if (field.meta.secret !== undefined) return setPassword(level, field.name, values);
    if (field.meta.list !== undefined) return replaceItems(context, level, field, values);
    const reading = readItem(context, level.draft, field, value);
    if ('fault' in reading) {
      level.failed.add(field.name);
      return [reading.fault];
    }
    if (superfluous !== undefined) {
      const { text, span } = superfluous;
      level.failed.add(field.name);
      return [{ error: 'unknown-word', word: text, span, expected: `one word: ${field.meta.expected}` }];
    }
    level.draft.set(level.row, field.name, reading.item);
    return done;
  },
});

/** Hashing takes its time, on a thread of its own. */
async function setPassword(level: RowLevel, field: string, words: readonly Word[]): Promise<Faults> {
  const name = level.draft.row(level.row)?.key ?? '';
  const reading = await readNewPassword(
    words.map(({ text }) => text),
    name,
  );
  if ('record' in reading) {
    level.draft.set(level.row, field, reading.record);
    return done;
  }
  level.failed.add(field);
  const { error, index, expected } = reading;
  const word = words[index];
  const last = words.at(-1);
  const span = word?.span ?? (last === undefined ? undefined : after(last));
  return [{ error, word: word?.text ?? '', span, expected }];
}
