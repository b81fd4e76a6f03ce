import type { Field } from '../../../schemas/table.ts';
import type { Context, Faults } from '../session/context.ts';
import { done } from '../session/context.ts';
import type { RowLevel } from '../session/levels.ts';

/**
 * Closes the innermost open row and keeps its changes: pending in the row around it, or, at the top, saved.
 * With faults the row stays open.
 */
export function closeRow(context: Context): Faults {
  const { levels } = context;
  const level = levels.top;
  if (level?.kind !== 'row') return done;
  const missing = missingFields(level);
  if (missing.length > 0) return missing;
  if (level !== levels.topRow) {
    levels.leave();
    levels.row?.draft.merge(level.draft);
    return done;
  }
  const faults = context.save(level);
  if (faults.length === 0) levels.leave();
  return faults;
}

/** Fields that must be set and have no value. */
function missingFields({ table, row, draft, failed, phantom }: RowLevel): Faults {
  if (phantom) return done;
  const required = [...table.fields.values()].filter(
    ({ meta }) => meta.required === true || meta.requiredWhere !== undefined,
  );
  const set = required.length === 0 ? undefined : draft.row(row)?.fields;
  const inForce = (name: string): unknown => set?.get(name) ?? table.fields.get(name)?.meta.default;
  const isRequired = ({ meta: { required = false, requiredWhere } }: Field): boolean =>
    required || requiredWhere?.is.some((value) => value === inForce(requiredWhere.field)) === true;
  return required
    .filter((field) => !set?.has(field.name) && !failed.has(field.name) && isRequired(field))
    .map(({ name, meta }) => ({
      error: 'must-be-set',
      word: name,
      expected: `"set ${name}" with ${meta.expected}`,
    }));
}
