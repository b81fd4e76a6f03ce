import type { RowId } from '../../../schemas/content.ts';

/** Between two rows of a table, so that one that is put there moves no other. */
export const gap = 2 ** 20;

/** A row and where it stands among those of its table. */
export type Placed = { readonly id: RowId; readonly position: number };

export type Shift = Placed & { readonly before: number };

/**
 * What is to change so that the rows that were moved stand where they are wanted: behind the one that precedes them there.
 * All others keep their order, also where that is another than the wanted one, since somebody else has put them so.
 */
export function shifts(
  stored: readonly Placed[],
  wanted: readonly RowId[],
  moved: ReadonlySet<RowId>,
): Shift[] {
  const order = arranged(stored, wanted, moved);
  const before = new Map(stored.map(({ id, position }) => [id, position]));
  const positions = fitted(order, before, moved) ?? order.map((_, index) => (index + 1) * gap);
  return order.flatMap((id, index) => {
    const [was, position] = [before.get(id) ?? 0, positions[index] ?? 0];
    return was === position ? [] : [{ id, position, before: was }];
  });
}

function arranged(
  stored: readonly Placed[],
  wanted: readonly RowId[],
  moved: ReadonlySet<RowId>,
): readonly RowId[] {
  const there = new Set(stored.map(({ id }) => id));
  const behind = new Map<RowId | null, RowId[]>();
  let last: RowId | null = null;
  for (const id of wanted) {
    if (!there.has(id)) continue;
    if (!moved.has(id)) last = id;
    else if (!behind.get(last)?.push(id)) behind.set(last, [id]);
  }
  const staying = stored.map(({ id }) => id).filter((id) => !moved.has(id));
  return [...(behind.get(null) ?? []), ...staying.flatMap((id) => [id, ...(behind.get(id) ?? [])])];
}

/** Positions for all of them of which only those that were moved are new. Undefined: there is no room for these. */
function fitted(
  order: readonly RowId[],
  before: ReadonlyMap<RowId, number>,
  moved: ReadonlySet<RowId>,
): number[] | undefined {
  const positions: number[] = [];
  for (let index = 0; index < order.length; ) {
    const id = order[index];
    if (id !== undefined && !moved.has(id)) {
      positions.push(before.get(id) ?? 0);
      index += 1;
      continue;
    }
    let next = index + 1;
    while (next < order.length && moved.has(order[next] ?? 0)) next += 1;
    const count = next - index;
    const from = positions.at(-1) ?? 0;
    const follower = before.get(order[next] ?? 0);
    const step = follower === undefined ? gap : Math.floor((follower - from) / (count + 1));
    if (step < 1) return undefined;
    for (let place = 1; place <= count; place += 1) positions.push(from + place * step);
    index += count;
  }
  return positions;
}
