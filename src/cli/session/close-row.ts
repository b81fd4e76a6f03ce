import { missingFields } from '../../model/changes/close.ts';
import type { ModelFaults } from '../../model/fault.ts';
import type { Model } from '../../model/model.ts';
import { done, type Faults } from '../faults/problem.ts';
import { spanned } from '../faults/spanned.ts';
import type { Context } from './context.ts';
import type { Levels, RowLevel } from './levels.ts';

/**
 * Closes the innermost open row and keeps its changes: pending in the row around it, or, at the top, saved.
 * With faults the row stays open.
 */
export function closeRow({ levels, model, changes, person }: Context): Faults | Promise<Faults> {
  const level = levels.top;
  if (level?.kind !== 'row') return done;
  const missing = missingIn(model, level).filter(({ word }) => !isKnown(level, word, person === undefined));
  if (missing.length > 0) return spanned(missing, {});
  if (level !== levels.topRow) {
    levels.leave();
    levels.row?.draft.take(level.draft);
    return done;
  }
  const saved = changes.save(level);
  return saved instanceof Promise ? leaveLater(levels, saved) : leave(levels, saved);
}

function leave(levels: Levels, faults: Faults): Faults {
  if (faults.length === 0) levels.leave();
  return faults;
}

async function leaveLater(levels: Levels, saving: Promise<Faults>): Promise<Faults> {
  return leave(levels, await saving);
}

/** What is missing in a row, and in what was set from it in entries of its lists. */
function missingIn(model: Model, level: RowLevel): ModelFaults {
  const own = missingFields(model, level);
  if (level.entries.size === 0) return own;
  return [own, ...level.entries.values().map((open) => missingFields(model, open))].flat();
}

/** A batch takes no row with a mistake in it, and tells of each mistake once. */
function isKnown({ phantom, failed }: RowLevel, field: string, isBatch: boolean): boolean {
  return phantom || (isBatch && failed.has(field));
}
