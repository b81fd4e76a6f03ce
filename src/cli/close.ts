import type { Context, Faults } from './context.ts';
import { done } from './context.ts';
import type { RowLevel } from './levels.ts';

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
  const required = [...table.fields.values()].filter(({ meta }) => meta.required);
  const set = required.length === 0 ? undefined : draft.row(row)?.fields;
  return required
    .filter(({ name }) => !set?.has(name) && !failed.has(name))
    .map(({ name, meta }) => ({
      error: 'must-be-set',
      word: name,
      expected: `"set ${name}" with ${meta.expected}`,
    }));
}
