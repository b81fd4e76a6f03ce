import { read } from '../../memory/words.ts';
import { HEARD_UNTIL, SHARING, type SourcesTable } from './table.ts';
import { elapsed } from './ticks.ts';

// How this node stands with others that share counts, in one word: two bits each for its standing and for what it does when
// nobody hears it, and behind them the number of nodes that share.

// Nobody may mind yet what it holds; all do; nobody hears it.
export const JOINING = 1;
export const ALL_SHARE = 2;
export const CUT_OFF = 3;

// What it does then: as if it were alone; with its part of the limit; it admits nobody.
export const LOCAL = 0;
export const PART = 1;
export const CLOSED = 2;

const PARTITION_SHIFT = 2;
const NODES_SHIFT = 4;

export function packSharing(standing: number, partition: number, nodes: number): number {
  return standing | (partition << PARTITION_SHIFT) | (nodes << NODES_SHIFT);
}

export function standingIn(sharing: number): number {
  return sharing & 3;
}

export function partitionIn(sharing: number): number {
  return (sharing >>> PARTITION_SHIFT) & 3;
}

/** With this one; 0: it has never known. */
export function nodesIn(sharing: number): number {
  return sharing >>> NODES_SHIFT;
}

/** The standing at a moment: a main thread that does not come to say that it is cut off is. */
export function standingAt({ words }: SourcesTable, tick: number): number {
  const standing = standingIn(read(words, SHARING));
  if (standing !== ALL_SHARE) return standing;
  return elapsed(tick, Atomics.load(words, HEARD_UNTIL)) > 0 ? ALL_SHARE : CUT_OFF;
}

export function changedBit(slot: number): number {
  return 1 << (slot & 31);
}

/** The count of a slot has changed, lock held: whoever shares counts has to look. */
export function noteChange(table: SourcesTable, at: number): void {
  const { words } = table;
  if (read(words, SHARING) === 0) return;
  const slot = table.slotOf(at);
  Atomics.or(words, table.changedAt(slot), changedBit(slot));
}
