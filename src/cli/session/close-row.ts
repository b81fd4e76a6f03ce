import { missingFields } from '../../model/changes/close.ts';
import { done, type Faults } from '../faults/problem.ts';
import { spanned } from '../faults/spanned.ts';
import type { Context } from './context.ts';
import type { RowLevel } from './levels.ts';

/**
 * Closes the innermost open row and keeps its changes: pending in the row around it, or, at the top, saved.
 * With faults the row stays open.
 */
export function closeRow({ levels, model, changes, person }: Context): Faults | Promise<Faults> {
  const level = levels.top;
  if (level?.kind !== 'row') return done;
  const missing = [level, ...level.entries.values()]
    .flatMap((open) => missingFields(model, open))
    .filter(({ word }) => !isKnown(level, word, person === undefined));
  if (missing.length > 0) return spanned(missing, {});
  if (level !== levels.topRow) {
    levels.leave();
    levels.row?.draft.take(level.draft);
    return done;
  }
  const settle = (faults: Faults): Faults => {
    if (faults.length === 0) levels.leave();
    return faults;
  };
  const saved = changes.save(level);
  return saved instanceof Promise ? saved.then(settle) : settle(saved);
}

/** A batch takes no row with a mistake in it, and tells of each mistake once. */
function isKnown({ phantom, failed }: RowLevel, field: string, isBatch: boolean): boolean {
  return phantom || (isBatch && failed.has(field));
}
