import { freeIfIdle, KEPT } from './slots.ts';
import { copySlot, type EpisodeEnd, episodeEndOf } from './source.ts';
import {
  BLOCKED,
  BLOCKED_UNTIL,
  EPISODE,
  FLAGS,
  KEY,
  LAST_VIOLATION,
  SHADOW_BLOCKED,
  SHADOW_BLOCKED_UNTIL,
  SLOT_WORDS,
  SourcesTable,
} from './table.ts';
import { elapsed, toTick } from './ticks.ts';
import { isBlocked, isShadowBlocked } from './violations.ts';
import { visitSlots } from './visit-slots.ts';
import { read, type Words } from './words.ts';

/** Clears the flags of what has ended, lock held; returns the flags that remain. */
type Settle = (words: Words, at: number, flags: number) => number;

/**
 * Settles every slot that a block or an episode keeps; the end of an episode is emitted after the lock is
 * free.
 */
const settleSlots = (
  buffer: SharedArrayBuffer,
  now: number,
  settle: Settle,
  emit: (end: EpisodeEnd) => void,
): boolean => {
  const table = new SourcesTable(buffer);
  const { words } = table;
  const copy = new Int32Array(SLOT_WORDS);
  const settleOne = (shard: number, slot: number, at: number): boolean => {
    const flags = read(words, at + FLAGS);
    const remaining = (flags & KEPT) === 0 ? flags : settle(words, at, flags);
    const isEnded = (flags & ~remaining & EPISODE) !== 0;
    if (isEnded) copySlot(words, at, copy);
    if (remaining !== flags) {
      words[at + FLAGS] = remaining;
      freeIfIdle(table, shard, slot);
    }
    return isEnded;
  };
  return visitSlots(table, KEPT, settleOne, () => emit(episodeEndOf(copy, now)));
};

/** A block has ended, and no violation came after it. An interval without one ends what no block covers. */
const settleEnded =
  (tick: number, interval: number): Settle =>
  (words, at, flags) => {
    if (isBlocked(words, at, tick) || isShadowBlocked(words, at, tick)) return flags;
    const last = read(words, at + LAST_VIOLATION);
    const isBlockOver =
      ((flags & BLOCKED) !== 0 && elapsed(read(words, at + BLOCKED_UNTIL), last) < 0) ||
      ((flags & SHADOW_BLOCKED) !== 0 && elapsed(read(words, at + SHADOW_BLOCKED_UNTIL), last) < 0);
    const isOver = isBlockOver || elapsed(last, tick) >= interval;
    return flags & ~(BLOCKED | SHADOW_BLOCKED | (isOver ? EPISODE : 0));
  };

/**
 * Ends the episodes that are over: the block has ended, or one interval has passed without a violation; a
 * block that has not ended keeps its episode. Frees the sources that nothing else keeps. For the main thread,
 * on a timer.
 *
 * Violations = one for each `firstViolation` + the counts emitted here + those that running episodes still
 * hold.
 *
 * @param now on the clock of `Gate.admit`
 * @param interval milliseconds, less than 24 days
 * @returns false when a shard was busy and left for the next call
 */
export const sweepEpisodes = (
  table: SharedArrayBuffer,
  now: number,
  interval: number,
  emit: (end: EpisodeEnd) => void,
): boolean => settleSlots(table, now, settleEnded(toTick(now), interval), emit);

/**
 * Ends all blocks and episodes of a policy that was deleted. Its connections leave as they are released.
 *
 * @returns false when a shard was busy: call again in a later turn of the event loop
 */
export const clearPolicy = (
  table: SharedArrayBuffer,
  policy: number,
  now: number,
  emit: (end: EpisodeEnd) => void,
): boolean =>
  settleSlots(
    table,
    now,
    (words, at, flags) => (read(words, at + KEY) === policy ? flags & ~KEPT : flags),
    emit,
  );
