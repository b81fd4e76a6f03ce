import { announceChange } from '../../memory/change.ts';
import { clearCount, countUp, read } from '../../memory/words.ts';
import { NO_REASON } from './reasons.ts';
import {
  BLOCK_REASON,
  BLOCKED,
  BLOCKED_DIRECTLY,
  BLOCKED_UNTIL,
  BLOCKS_STARTED,
  EPISODE,
  EPISODE_AGE,
  EPISODE_PEAK,
  EPISODE_REASON,
  FLAGS,
  HAS_REFUSED,
  LAST_LINE,
  LAST_VIOLATION,
  OPEN,
  REFUSED,
  REPORTED_VIOLATIONS,
  reasonIn,
  SHADOW,
  SHADOW_BLOCK_REASON,
  SHADOW_BLOCKED,
  SHADOW_BLOCKED_UNTIL,
  SHADOW_EPOCH,
  SHADOW_SILENT,
  type SourcesTable,
  UNREPORTED_VIOLATIONS,
  UNREPORTED_WOULD_REFUSE,
  withReason,
} from './table.ts';
import { elapsed } from './ticks.ts';

/**
 * The reason of a block that a slot is flagged with and that has not ended, or NO_REASON. Needs no lock while
 * something keeps the slot.
 */
export function liveBlock(table: SourcesTable, at: number, tick: number): number {
  const { words } = table;
  const flags = Atomics.load(words, at + FLAGS);
  if ((flags & BLOCKED) === 0) return NO_REASON;
  const isLive = elapsed(tick, Atomics.load(words, table.coldAt(at) + BLOCKED_UNTIL)) > 0;
  return isLive ? reasonIn(flags, BLOCK_REASON) : NO_REASON;
}

/** Likewise of a block that enforcement would have made, lock held. */
export function liveShadowBlock(table: SourcesTable, at: number, tick: number): number {
  const { words } = table;
  const flags = read(words, at + FLAGS);
  if ((flags & SHADOW_BLOCKED) === 0) return NO_REASON;
  const isLive = elapsed(tick, read(words, table.coldAt(at) + SHADOW_BLOCKED_UNTIL)) > 0;
  return isLive ? reasonIn(flags, SHADOW_BLOCK_REASON) : NO_REASON;
}

/** Whether a block of either kind has not ended, lock held. */
export function isInBlock(table: SourcesTable, at: number, tick: number): boolean {
  return liveBlock(table, at, tick) !== NO_REASON || liveShadowBlock(table, at, tick) !== NO_REASON;
}

/**
 * Blocks a source until a tick, lock held, and lets every worker know.
 *
 * @param directly it has come to us itself: nobody has announced it
 */
export function writeBlock(
  table: SourcesTable,
  at: number,
  reason: number,
  until: number,
  directly = false,
): void {
  const { words } = table;
  words[table.coldAt(at) + BLOCKED_UNTIL] = until;
  const flags = withReason(read(words, at + FLAGS), BLOCK_REASON, reason) & ~BLOCKED_DIRECTLY;
  words[at + FLAGS] = flags | BLOCKED | (directly ? BLOCKED_DIRECTLY : 0);
  announceChange(words, BLOCKS_STARTED);
}

/**
 * Starts a block that enforcement would have made, lock held. It empties the shadow count, since enforcement would
 * have closed what the source holds.
 */
export function writeShadowBlock(table: SourcesTable, at: number, reason: number, until: number): void {
  const { words } = table;
  words[table.coldAt(at) + SHADOW_BLOCKED_UNTIL] = until;
  words[at + FLAGS] = withReason(read(words, at + FLAGS), SHADOW_BLOCK_REASON, reason) | SHADOW_BLOCKED;
  words[at + SHADOW_EPOCH] = (read(words, at + SHADOW_EPOCH) + 1) | 0;
  words[at + SHADOW] = 0;
  words[at + SHADOW_SILENT] = 0;
}

/** Counts a connection of a source that is refused, lock held. */
export function recordRefusal(table: SourcesTable, at: number): void {
  const { words } = table;
  const refused = table.coldAt(at) + REFUSED;
  const flags = read(words, at + FLAGS);
  if ((flags & HAS_REFUSED) === 0) {
    clearCount(words, refused);
    words[at + FLAGS] = flags | HAS_REFUSED;
  }
  countUp(words, refused);
}

/**
 * Adds to the episode of a source, lock held and counts raised. The violation that starts an episode has a line of
 * its own, so the counts of the episode are of those after it.
 *
 * @param reason what a violation broke; NO_REASON: it is none, but enforcement would have refused it
 * @param wouldRefuse enforcement refused it, or would have
 * @returns whether this violation starts an episode
 */
export function recordViolation(
  table: SourcesTable,
  at: number,
  reason: number,
  wouldRefuse: boolean,
  tick: number,
): boolean {
  const { words } = table;
  const cold = table.coldAt(at);
  const flags = read(words, at + FLAGS);
  const isRunning = (flags & EPISODE) !== 0;
  const isViolation = reason !== NO_REASON;
  // Workers come to the lock in any order, whatever the moments at which they judged: the latest one counts.
  const isLatest = !isRunning || elapsed(read(words, cold + LAST_VIOLATION), tick) > 0;
  if (isViolation && isLatest) words[cold + LAST_VIOLATION] = tick;
  if (isRunning) {
    if (isViolation) countUp(words, cold + UNREPORTED_VIOLATIONS);
    // Under a shadow block also without a violation: the episode that began with that block lasts as long.
    if (wouldRefuse) countUp(words, cold + UNREPORTED_WOULD_REFUSE);
    return false;
  }
  if (!isViolation) return false;
  clearCount(words, cold + UNREPORTED_VIOLATIONS);
  clearCount(words, cold + UNREPORTED_WOULD_REFUSE);
  clearCount(words, cold + REPORTED_VIOLATIONS);
  countUp(words, cold + REPORTED_VIOLATIONS);
  clearCount(words, cold + EPISODE_AGE);
  words[cold + LAST_LINE] = tick;
  words[cold + EPISODE_PEAK] = read(words, at + OPEN);
  words[at + FLAGS] = withReason(flags, EPISODE_REASON, reason) | EPISODE;
  return true;
}
