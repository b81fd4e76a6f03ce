import type { Word } from '../../../grammar/statement.ts';
import { readNewPassword } from '../../access/new-password.ts';
import { readNewSecret } from '../../access/new-secret.ts';
import { messageOf } from '../../text/reason.ts';
import type { Fault } from '../faults/problem.ts';
import { after } from '../faults/resolve.ts';
import { jointFault, scriptFaults } from '../faults/script-faults.ts';
import { defineVerb } from '../language/verb.ts';
import { readItem, resolveField } from '../rows/fields.ts';
import { replaceItems } from '../rows/lists.ts';
import { type Context, done, type Faults } from '../session/context.ts';
import type { RowLevel } from '../session/levels.ts';
import { newItemSuggestions } from '../typing/list-suggestion.ts';
import { fieldSuggestions, valueSuggestions } from '../typing/suggestion.ts';

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
    if (field.meta.secret === 'password') return setPassword(level, field.name, values);
    if (field.meta.secret === 'reversible') return setSecret(context, level, field.name, values);
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
    if (field.meta.kind === 'script')
      return setScript(context, level, field.name, value, String(reading.item));
    level.draft.set(level.row, field.name, reading.item);
    return done;
  },
});

async function setScript(
  { checkScript }: Context,
  level: RowLevel,
  field: string,
  word: Word,
  text: string,
): Promise<Faults> {
  const joint = jointFault(word);
  const faults = joint === undefined ? await scriptFaults(checkScript, text, word) : [joint];
  if (faults.length > 0) level.failed.add(field);
  else level.draft.set(level.row, field, text);
  return faults;
}

/** Hashing takes its time, on a thread of its own. */
async function setPassword(level: RowLevel, field: string, words: readonly Word[]): Promise<Faults> {
  const name = level.draft.row(level.row)?.key ?? '';
  const reading = await readNewPassword(
    words.map(({ text }) => text),
    name,
  );
  if (!('record' in reading)) return refuseSecret(level, field, words, reading);
  level.draft.set(level.row, field, reading.record);
  return done;
}

function setSecret({ secretKey }: Context, level: RowLevel, field: string, words: readonly Word[]): Faults {
  try {
    const texts = words.map(({ text }) => text);
    const reading = readNewSecret(texts, secretKey);
    if (!('sealed' in reading)) return refuseSecret(level, field, words, reading);
    level.draft.set(level.row, field, reading.sealed);
    return done;
  } catch (error) {
    level.failed.add(field);
    const reason = messageOf(error);
    // The word would be concealed like all that stands behind the name of the field.
    return [{ error: 'operation-failed', word: '', expected: `the key of secrets: ${reason}` }];
  }
}

type Refusal = Pick<Fault, 'error'> & { readonly index: number; readonly expected: string };

function refuseSecret(level: RowLevel, field: string, words: readonly Word[], refusal: Refusal): Faults {
  level.failed.add(field);
  const { error, index, expected } = refusal;
  const word = words[index];
  const last = words.at(-1);
  const span = word?.span ?? (last === undefined ? undefined : after(last));
  return [{ error, word: word?.text ?? '', span, expected }];
}
