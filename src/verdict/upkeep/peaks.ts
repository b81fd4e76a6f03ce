import { read } from '../../memory/words.ts';
import type { Steps } from '../../time/time-slice.ts';
import {
  BUCKETS,
  bucketOf,
  COUNTS,
  FORGOTTEN,
  HISTOGRAM_WORDS,
  HISTOGRAMS,
  highestOf,
  LANES,
  MAXIMUM,
  POLICY,
} from '../table/peak-layout.ts';
import { FLAGS, IN_USE, KEY, PEAK, SourcesTable, TOUCHED } from '../table/table.ts';
import type { PeakCount } from './threshold-advice.ts';

/** Slots that are looked at in a step. */
const slotsInAStep = 1024;

/** Shows the peaks of the sources of a policy that are in the table, without a lock. */
function* visitPeaks(table: SourcesTable, policy: number, visit: (peak: number) => void): Steps<void> {
  const { words } = table;
  for (let shard = 0; shard < table.shards; shard++) {
    const first = table.firstSlot(shard);
    const end = first + Atomics.load(words, table.shardAt(shard) + TOUCHED);
    for (let slot = first; slot < end; slot++) {
      const at = table.slotAt(slot);
      const isOfPolicy = (read(words, at + FLAGS) & IN_USE) !== 0 && read(words, at + KEY) === policy;
      const peak = read(words, at + PEAK);
      if (isOfPolicy && peak > 0) visit(peak);
      if (slot % slotsInAStep === 0) yield;
    }
  }
}

/**
 * How many connections the sources of a policy have held at most, ascending. Each counts as often as it has come and
 * left; those that are there count too. Peaks of 64 and more are rounded up by less than a thirtieth, and never
 * beyond the highest. Takes no lock: who comes or leaves meanwhile may be missing. For the main thread.
 */
export function* policyPeaks(buffer: SharedArrayBuffer, policy: number): Steps<PeakCount[]> {
  const table = new SourcesTable(buffer);
  const { words, finalPeaks } = table;
  const counts = new Array<number>(BUCKETS).fill(0);
  let maximum = 0;
  for (let index = 0; index < LANES * HISTOGRAMS; index++) {
    const at = finalPeaks + index * HISTOGRAM_WORDS;
    if (Atomics.load(words, at + POLICY) !== policy) continue;
    maximum = Math.max(maximum, Atomics.load(words, at + MAXIMUM));
    for (const [bucket, known] of counts.entries()) {
      counts[bucket] = known + (Atomics.load(words, at + COUNTS + bucket) >>> 0);
    }
  }
  yield* visitPeaks(table, policy, (peak) => {
    maximum = Math.max(maximum, peak);
    const bucket = bucketOf(peak);
    counts[bucket] = (counts[bucket] ?? 0) + 1;
  });
  return counts.flatMap((sources, bucket) => {
    if (sources === 0) return [];
    return [{ peak: bucket === BUCKETS - 1 ? maximum : Math.min(highestOf(bucket), maximum), sources }];
  });
}

/** Gives up the histograms of all policies but these, so that others can have one. For the main thread. */
export function forgetPeaks(buffer: SharedArrayBuffer, isKept: (policy: number) => boolean): void {
  const { words, finalPeaks } = new SourcesTable(buffer);
  for (let index = 0; index < LANES * HISTOGRAMS; index++) {
    const at = finalPeaks + index * HISTOGRAM_WORDS;
    const policy = Atomics.load(words, at + POLICY);
    if (policy === 0 || policy === FORGOTTEN || isKept(policy)) continue;
    words.fill(0, at + MAXIMUM, at + HISTOGRAM_WORDS);
    Atomics.store(words, at + POLICY, FORGOTTEN);
  }
}
