import type { Draft } from '../../store/draft.ts';
import { accepted, type ModelFaults } from '../fault.ts';
import type { Model } from '../model.ts';
import { findRow, newKey } from '../rows/keys.ts';
import type { OpenTable } from '../rows/open-table.ts';
import { allOrNothing } from './all-or-nothing.ts';

/** Gives an entry another name; what refers to it follows. */
export function rename(model: Model, draft: Draft, open: OpenTable, key: string, name: string): ModelFaults {
  return allOrNothing(model, draft, open, (upper) => {
    const found = findRow(model, upper, open, key);
    if ('fault' in found) return [found.fault];
    const target = newKey(model, upper, open, name);
    if ('fault' in target) return [{ ...target.fault, argument: 'name' }];
    if (found.row.predefined) {
      return [{ error: 'read-only', word: key, argument: 'key', expected: 'an entry of your own' }];
    }
    upper.rename(found.id, target.key);
    return accepted;
  });
}
