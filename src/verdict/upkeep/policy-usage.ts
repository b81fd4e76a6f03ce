import { read } from '../../memory/words.ts';
import type { Steps } from '../../time/time-slice.ts';
import { NO_REASON } from '../table/reasons.ts';
import { FLAGS, IN_USE, KEY, OPEN, SourcesTable } from '../table/table.ts';
import { toTick } from '../table/ticks.ts';
import { liveBlock } from '../table/violations.ts';
import { visitSlots } from './visit-slots.ts';

/** What the sources of one policy come to. */
export type PolicyUsage = {
  readonly sources: number;
  /** The most connections that one of them holds. */
  readonly most: number;
  /** Those that are blocked; whether a block has an effect now is for `blockApplies` to say. */
  readonly blocks: number;
};

/**
 * By the row id of the policy, of those that have sources. Takes no lock: a source that comes or goes meanwhile may be
 * in or not. For the main thread.
 *
 * @param now on the clock of `Gate.admit`
 */
export function* policyUsage(
  buffer: SharedArrayBuffer,
  now: number,
): Steps<ReadonlyMap<number, PolicyUsage>> {
  const table = new SourcesTable(buffer);
  const { words } = table;
  const tick = toTick(now);
  const found = new Map<number, { -readonly [field in keyof PolicyUsage]: PolicyUsage[field] }>();
  const look = (at: number): boolean => {
    if ((Atomics.load(words, at + FLAGS) & IN_USE) === 0) return false;
    const policy = read(words, at + KEY);
    const usage = found.get(policy) ?? { sources: 0, most: 0, blocks: 0 };
    found.set(policy, usage);
    usage.sources += 1;
    usage.most = Math.max(usage.most, read(words, at + OPEN));
    if (liveBlock(table, at, tick) !== NO_REASON) usage.blocks += 1;
    return false;
  };
  yield* visitSlots(
    table,
    look,
    () => false,
    () => undefined,
  );
  return found;
}
