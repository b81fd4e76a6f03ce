import { read, readCount } from '../../memory/words.ts';
import type { Steps } from '../../time/time-slice.ts';
import { NO_REASON } from '../table/reasons.ts';
import {
  BLOCKED_UNTIL,
  FLAGS,
  FULL_ADMITTED,
  FULL_REFUSED,
  HAS_REFUSED,
  IN_USE,
  KEY,
  OPEN,
  REFUSED,
  SILENT,
  SLOT_WORDS,
  SourcesTable,
  USED,
} from '../table/table.ts';
import { elapsed, toTick } from '../table/ticks.ts';
import { liveBlock } from '../table/violations.ts';
import { copySlot, type SourceState, sourceStateOf } from './source-state.ts';
import { Top } from './top.ts';
import { visitSlots } from './visit-slots.ts';

/**
 * Shows every source of the table, each as it was at one moment. For the main thread.
 *
 * @param now on the clock of `Gate.admit`
 * @returns false when a shard was busy and is missing: try again in a later turn of the event loop
 */
export function* listSources(
  buffer: SharedArrayBuffer,
  now: number,
  visit: (source: SourceState) => void,
): Steps<boolean> {
  const table = new SourcesTable(buffer);
  const copy = new Int32Array(SLOT_WORDS);
  const isInUse = (at: number): boolean => (read(table.words, at + FLAGS) & IN_USE) !== 0;
  const copyOne = (_shard: number, _slot: number, at: number): boolean => {
    copySlot(table, at, copy);
    return isInUse(at);
  };
  return yield* visitSlots(table, isInUse, copyOne, () => visit(sourceStateOf(copy, now)));
}

/** `blocked`: by the time until their block ends. */
export type SourceOrder = 'open' | 'refused' | 'silent' | 'blocked';

export type Ranking = {
  readonly by: SourceOrder;
  /** How many to give at most. */
  readonly count: number;
  /** Row id of the policy whose sources alone are looked at; absent: those of all. */
  readonly policy?: number;
};

const ranks: Readonly<Record<SourceOrder, (table: SourcesTable, at: number, tick: number) => number>> = {
  open: ({ words }, at) => read(words, at + OPEN),
  refused: (table, at) => {
    const { words } = table;
    const hasRefused = (read(words, at + FLAGS) & HAS_REFUSED) !== 0;
    return hasRefused ? readCount(words, table.coldAt(at) + REFUSED) : 0;
  },
  silent: ({ words }, at) => read(words, at + SILENT),
  blocked: (table, at, tick) =>
    liveBlock(table, at, tick) === NO_REASON
      ? 0
      : elapsed(tick, Atomics.load(table.words, table.coldAt(at) + BLOCKED_UNTIL)),
};

/**
 * The sources that come first in an order, the first one first; no more than `count` are kept on the way. For
 * the main thread.
 *
 * @returns `isComplete` false when a shard was busy and is missing: try again in a later turn of the event loop
 */
export function* topSources(
  buffer: SharedArrayBuffer,
  now: number,
  { by, count, policy }: Ranking,
): Steps<{ readonly sources: readonly SourceState[]; readonly isComplete: boolean }> {
  const table = new SourcesTable(buffer);
  const { words } = table;
  const tick = toTick(now);
  const rankOf = (at: number): number => ranks[by](table, at, tick);
  const top = new Top<Int32Array>(count);
  const isWanted = (at: number): boolean =>
    (read(words, at + FLAGS) & IN_USE) !== 0 &&
    (policy === undefined || read(words, at + KEY) === policy) &&
    top.takes(rankOf(at));
  const copyOne = (_shard: number, _slot: number, at: number): boolean => {
    if (!isWanted(at)) return false;
    const copy = new Int32Array(SLOT_WORDS);
    copySlot(table, at, copy);
    top.add(rankOf(at), copy);
    return false;
  };
  const isComplete = yield* visitSlots(table, isWanted, copyOne, () => undefined);
  return { sources: top.inOrder().map((copy) => sourceStateOf(copy, now)), isComplete };
}

export type TableUsage = {
  /** Sources that it has room for. */
  readonly capacity: number;
  /** Sources in it now. */
  readonly used: number;
  /** Connections admitted uncounted because the table was full, since it was made. */
  readonly fullAdmitted: number;
  /** Connections refused because the table was full, since it was made. */
  readonly fullRefused: number;
};

/** Sums over the shards, without a lock: under way they may be one connection apart. */
export function tableUsage(buffer: SharedArrayBuffer): TableUsage {
  const table = new SourcesTable(buffer);
  const { words } = table;
  let used = 0;
  let fullAdmitted = 0;
  let fullRefused = 0;
  for (let shard = 0; shard < table.shards; shard++) {
    const header = table.shardAt(shard);
    used += Atomics.load(words, header + USED);
    fullAdmitted += readCount(words, header + FULL_ADMITTED);
    fullRefused += readCount(words, header + FULL_REFUSED);
  }
  return { capacity: table.shards * table.slotsPerShard, used, fullAdmitted, fullRefused };
}
