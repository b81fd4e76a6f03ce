import { STARTS_BLOCK, STARTS_SHADOW_BLOCK, UNREPORTED, VIOLATION, WOULD_REFUSE } from './decision.ts';
import {
  BLOCKED,
  BLOCKED_UNTIL,
  BLOCKS_STARTED,
  EPISODE,
  EPISODE_PEAK,
  FLAGS,
  LAST_VIOLATION,
  OPEN,
  SHADOW,
  SHADOW_BLOCKED,
  SHADOW_BLOCKED_UNTIL,
  SHADOW_EPOCH,
  type SourcesTable,
  UNREPORTED_VIOLATIONS,
  UNREPORTED_WOULD_REFUSE,
} from './table.ts';
import { elapsed } from './ticks.ts';
import { clearCount, countUp, read } from './words.ts';

/**
 * Whether a block that a slot is flagged with has not ended. Needs no lock while something keeps the slot.
 */
const isLive = (words: Int32Array, at: number, flag: number, until: number, tick: number): boolean =>
  (Atomics.load(words, at + FLAGS) & flag) !== 0 && elapsed(tick, Atomics.load(words, at + until)) > 0;

export const isBlocked = (words: Int32Array, at: number, tick: number): boolean =>
  isLive(words, at, BLOCKED, BLOCKED_UNTIL, tick);

export const isShadowBlocked = (words: Int32Array, at: number, tick: number): boolean =>
  isLive(words, at, SHADOW_BLOCKED, SHADOW_BLOCKED_UNTIL, tick);

/**
 * Starts the block that a decision asks for, lock held. A shadow block empties the shadow count, since
 * enforcement would have closed what the source holds.
 */
export const startBlock = (table: SourcesTable, at: number, decided: number, until: number): void => {
  const { words } = table;
  if ((decided & STARTS_BLOCK) !== 0) {
    words[at + BLOCKED_UNTIL] = until;
    words[at + FLAGS] = read(words, at + FLAGS) | BLOCKED;
    Atomics.add(words, BLOCKS_STARTED, 1);
  } else if ((decided & STARTS_SHADOW_BLOCK) !== 0) {
    words[at + SHADOW_BLOCKED_UNTIL] = until;
    words[at + FLAGS] = read(words, at + FLAGS) | SHADOW_BLOCKED;
    words[at + SHADOW_EPOCH] = (read(words, at + SHADOW_EPOCH) + 1) | 0;
    words[at + SHADOW] = 0;
  }
};

/**
 * Adds a decision to the episode, lock held and counts raised. The violation that starts an episode is a line
 * of its own, so the episode's counts are of those after it.
 *
 * @returns whether this violation starts an episode
 */
export const noteViolation = (table: SourcesTable, at: number, decided: number, tick: number): boolean => {
  const { words } = table;
  const flags = read(words, at + FLAGS);
  const isRunning = (flags & EPISODE) !== 0;
  const isViolation = (decided & VIOLATION) !== 0;
  if ((decided & UNREPORTED) !== 0) return false;
  if (isViolation) words[at + LAST_VIOLATION] = tick;
  if (isRunning) {
    if (isViolation) countUp(words, at + UNREPORTED_VIOLATIONS);
    // Under a shadow block also without a violation: the episode that began with that block lasts as long.
    if ((decided & WOULD_REFUSE) !== 0) countUp(words, at + UNREPORTED_WOULD_REFUSE);
    return false;
  }
  if (!isViolation) return false;
  clearCount(words, at + UNREPORTED_VIOLATIONS);
  clearCount(words, at + UNREPORTED_WOULD_REFUSE);
  words[at + EPISODE_PEAK] = read(words, at + OPEN);
  words[at + FLAGS] = flags | EPISODE;
  return true;
};
