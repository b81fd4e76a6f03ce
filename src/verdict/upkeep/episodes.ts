import { clearCount, read, readCount, type Words, writeCount } from '../../memory/words.ts';
import type { Steps } from '../../time/time-slice.ts';
import { freeIfIdle, RETAINED } from '../table/slots.ts';
import {
  BLOCKED,
  BLOCKED_UNTIL,
  EPISODE,
  EPISODE_AGE,
  FLAGS,
  KEY,
  LAST_LINE,
  LAST_VIOLATION,
  REPORTED_VIOLATIONS,
  SHADOW_BLOCKED,
  SHADOW_BLOCKED_UNTIL,
  SLOT_WORDS,
  SourcesTable,
  UNREPORTED_VIOLATIONS,
  UNREPORTED_WOULD_REFUSE,
} from '../table/table.ts';
import { elapsed, toTick } from '../table/ticks.ts';
import { isInBlock } from '../table/violations.ts';
import { copySlot, type EpisodeLine, episodeLineOf } from './source-state.ts';
import { visitSlots } from './visit-slots.ts';

/** What a visit does to a slot that a block or an episode keeps, lock held. */
type Settlement = {
  /** Whether there may be something to do, without the lock: most blocks only go on. */
  readonly isDue: (table: SourcesTable, at: number) => boolean;
  /** The flags that remain: what has ended is cleared. */
  readonly settle: (table: SourcesTable, at: number, flags: number) => number;
  /** Whether an episode that goes on has something to report. */
  readonly isSummaryDue: (table: SourcesTable, at: number) => boolean;
};

/** A line reports now what none had. `cold` is what the words of the episode count from. */
function recordLine(words: Words, cold: number, tick: number): void {
  const unreported = readCount(words, cold + UNREPORTED_VIOLATIONS);
  writeCount(words, cold + REPORTED_VIOLATIONS, readCount(words, cold + REPORTED_VIOLATIONS) + unreported);
  clearCount(words, cold + UNREPORTED_VIOLATIONS);
  clearCount(words, cold + UNREPORTED_WOULD_REFUSE);
  const age = readCount(words, cold + EPISODE_AGE) + elapsed(read(words, cold + LAST_LINE), tick);
  writeCount(words, cold + EPISODE_AGE, age);
  words[cold + LAST_LINE] = tick;
}

/** Settles every slot that a block or an episode keeps; a line is emitted after the lock is free. */
function* settleSlots(
  buffer: SharedArrayBuffer,
  now: number,
  { isDue, settle, isSummaryDue }: Settlement,
  emit: (line: EpisodeLine) => void,
): Steps<boolean> {
  const table = new SourcesTable(buffer);
  const { words } = table;
  const copy = new Int32Array(SLOT_WORDS);
  let phase: EpisodeLine['phase'] = 'end';
  const settleOne = (shard: number, slot: number, at: number): boolean => {
    const flags = read(words, at + FLAGS);
    const remaining = (flags & RETAINED) === 0 ? flags : settle(table, at, flags);
    const isEnded = (flags & ~remaining & EPISODE) !== 0;
    const hasLine = isEnded || ((remaining & EPISODE) !== 0 && isSummaryDue(table, at));
    if (hasLine) copySlot(table, at, copy);
    if (hasLine && !isEnded) recordLine(words, table.coldAt(at), toTick(now));
    phase = isEnded ? 'end' : 'summary';
    if (remaining !== flags) {
      words[at + FLAGS] = remaining;
      freeIfIdle(table, shard, slot);
    }
    return hasLine;
  };
  const isWanted = (at: number): boolean => (read(words, at + FLAGS) & RETAINED) !== 0 && isDue(table, at);
  return yield* visitSlots(table, isWanted, settleOne, () => emit(episodeLineOf(copy, phase, now)));
}

/** A block has ended, and no violation came after it. An interval without one ends what no block covers. */
function settleEnded(tick: number, interval: number): Settlement['settle'] {
  return (table, at, flags) => {
    if (isInBlock(table, at, tick)) return flags;
    const { words } = table;
    const cold = table.coldAt(at);
    const last = read(words, cold + LAST_VIOLATION);
    const isBlockOver =
      ((flags & BLOCKED) !== 0 && elapsed(read(words, cold + BLOCKED_UNTIL), last) < 0) ||
      ((flags & SHADOW_BLOCKED) !== 0 && elapsed(read(words, cold + SHADOW_BLOCKED_UNTIL), last) < 0);
    const isOver = isBlockOver || elapsed(last, tick) >= interval;
    return flags & ~(BLOCKED | SHADOW_BLOCKED | (isOver ? EPISODE : 0));
  };
}

/**
 * Ends the episodes that are over: the block has ended, or one interval has passed without a violation; a
 * block that has not ended keeps its episode. Of those that go on it reports once an interval what is new. Frees
 * the sources that nothing else keeps. For the main thread, on a timer.
 *
 * Violations = one for each `firstViolation` + the counts emitted here + those that running episodes still
 * hold.
 *
 * @param now on the clock of `Gate.admit`
 * @param interval milliseconds, less than 24 days
 * @returns false when a shard was busy and left for the next call
 */
export function* sweepEpisodes(
  table: SharedArrayBuffer,
  now: number,
  interval: number,
  emit: (line: EpisodeLine) => void,
): Steps<boolean> {
  const tick = toTick(now);
  const isSummaryDue: Settlement['isSummaryDue'] = (slots, at) => {
    const { words } = slots;
    const cold = slots.coldAt(at);
    if (elapsed(read(words, cold + LAST_LINE), tick) < interval) return false;
    return (
      readCount(words, cold + UNREPORTED_VIOLATIONS) + readCount(words, cold + UNREPORTED_WOULD_REFUSE) > 0
    );
  };
  const isDue: Settlement['isDue'] = (slots, at) =>
    !isInBlock(slots, at, tick) ||
    ((read(slots.words, at + FLAGS) & EPISODE) !== 0 && isSummaryDue(slots, at));
  return yield* settleSlots(table, now, { isDue, settle: settleEnded(tick, interval), isSummaryDue }, emit);
}

/**
 * Ends all blocks and episodes of a policy that was deleted. Its connections leave as they are released.
 *
 * @returns false when a shard was busy: call again in a later turn of the event loop
 */
export function* clearPolicy(
  table: SharedArrayBuffer,
  policy: number,
  now: number,
  emit: (line: EpisodeLine) => void,
): Steps<boolean> {
  const isDue: Settlement['isDue'] = ({ words }, at) => read(words, at + KEY) === policy;
  const settle: Settlement['settle'] = (slots, at, flags) => (isDue(slots, at) ? flags & ~RETAINED : flags);
  return yield* settleSlots(table, now, { isDue, settle, isSummaryDue: () => false }, emit);
}
