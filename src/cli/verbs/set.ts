import type { Field } from '../../../schemas/table.ts';
import { append } from '../../model/changes/lists.ts';
import { set } from '../../model/changes/set.ts';
import type { ModelFaults } from '../../model/fault.ts';
import type { Model } from '../../model/model.ts';
import { done, type Faults } from '../faults/problem.ts';
import { jointFault } from '../faults/script-faults.ts';
import { type Arguments, spanned } from '../faults/spanned.ts';
import { defineVerb } from '../language/verb.ts';
import type { RowLevel } from '../session/levels.ts';
import { newItemSuggestions } from '../typing/list-suggestion.ts';
import { fieldSuggestions, valueSuggestions } from '../typing/suggestion.ts';
import { type Moved, movedField } from '../words/earlier-form.ts';
import { fullValues, isOnePlace, resolveField } from '../words/fields.ts';

export default defineVerb({
  verb: 'set',
  help: 'Give a field a value',
  levels: ['row', 'singleton'],
  changes: true,
  suggest(position, words, prefix) {
    const level = position.levels.row;
    if (level === undefined) return [];
    const [name, ...values] = words;
    if (name === undefined) return fieldSuggestions(level.table);
    const resolved = resolveField(level.table, name);
    if ('fault' in resolved) return [];
    const field = resolved.found;
    if (field.meta.list !== undefined) return newItemSuggestions(position, field, values, prefix, []);
    return values.length > 0 ? [] : valueSuggestions(position, field, prefix);
  },
  run({ levels, model }, { field: word, values }) {
    const level = levels.row;
    if (level === undefined) return done;
    const moved = movedField(model.catalogue, level, word, values);
    if (moved !== undefined) return setMoved(model, level, moved, { field: word, values });
    const resolved = resolveField(level.table, word);
    if ('fault' in resolved) return [resolved.fault];
    const field = resolved.found;
    const joint = jointFault(field, values);
    if (joint !== undefined) {
      level.failed.add(field.name);
      return [joint];
    }
    const given = fullValues(field, values);
    const isMore = isOnePlace(field, word) && level.draft.row(level.row)?.fields.has(field.name) === true;
    const faults = (isMore ? append : set)(model, level, field.name, given);
    return faults instanceof Promise
      ? settledLater(faults, level, field, word, values)
      : settled(faults, level, field, word, values);
  },
});

type Said = Required<Pick<Arguments, 'field' | 'values'>>;

function settled(
  faults: ModelFaults,
  { failed }: RowLevel,
  { name }: Field,
  field: Said['field'],
  values: Said['values'],
): Faults {
  if (faults.length === 0) return done;
  failed.add(name);
  return spanned(faults, { field, values });
}

async function settledLater(
  faults: Promise<ModelFaults>,
  ...of: [RowLevel, Field, Said['field'], Said['values']]
): Promise<Faults> {
  return settled(await faults, ...of);
}

/** Sets what stands in the form of an earlier version: its row is checked where that of today would be. */
async function setMoved(model: Model, { failed }: RowLevel, moved: Moved, said: Said): Promise<Faults> {
  if (moved.kind === 'nothing') return done;
  const { open, field } = moved;
  const settings =
    moved.kind === 'field'
      ? [{ open, field, values: fullValues(field, said.values) }]
      : [
          { open: moved.entry, field: moved.valueField, values: fullValues(moved.valueField, said.values) },
          { open, field, values: [moved.entry.draft.row(moved.entry.row)?.key ?? ''] },
        ];
  for (const {
    open: row,
    field: { name },
    values,
  } of settings) {
    const faults = await set(model, row, name, values);
    if (faults.length === 0) continue;
    failed.add(field.name);
    const other = moved.kind === 'field' ? moved.value : null;
    return spanned(faults, said).map((fault) =>
      other === null ? fault : { ...fault, expected: `${fault.expected}, or ${other}` },
    );
  }
  return done;
}
