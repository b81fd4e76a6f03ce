import type { Draft } from '../../store/draft.ts';
import { accepted, type ModelFaults } from '../fault.ts';
import type { Model } from '../model.ts';
import { findRow } from '../rows/keys.ts';
import type { OpenTable } from '../rows/open-table.ts';
import { allOrNothing } from './all-or-nothing.ts';

/** Puts an entry right before or after another one of its table. */
export function move(
  model: Model,
  draft: Draft,
  open: OpenTable,
  key: string,
  side: 'before' | 'after',
  other: string,
): ModelFaults {
  return allOrNothing(model, draft, open, (upper) => {
    const found = findRow(model, upper, open, key);
    if ('fault' in found) return [found.fault];
    const neighbour = findRow(model, upper, open, other);
    if ('fault' in neighbour) return [{ ...neighbour.fault, argument: 'other' }];
    if (found.id !== neighbour.id) upper.move(found.id, side, neighbour.id);
    return accepted;
  });
}
