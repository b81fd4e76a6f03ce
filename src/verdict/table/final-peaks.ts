import { read, type Words } from '../../memory/words.ts';
import type { PeakCount } from '../judge/advice.ts';
import {
  BUCKETS,
  bucketOf,
  COUNTS,
  highestOf,
  LANES,
  MAXIMUM,
  PLACE_WORDS,
  PLACES,
  POLICY,
} from './peak-layout.ts';
import { FLAGS, IN_USE, KEY, PEAK, SourcesTable, TOUCHED } from './table.ts';

// How many connections sources held at most that have left the table: a histogram for each policy, behind the
// slots. A slot is freed under the lock of its shard, histograms are of no shard: each word changes in one atomic
// step, so a worker that ends here spoils nothing and loses one source at most.

/** Was a policy's. A row id is neither this nor 0, which nobody has taken. */
const FORGOTTEN = -1;

/** Where the histogram of a policy begins, taken for it if it has none; -1 when all are taken. */
function placeOf(words: Words, start: number, policy: number): number {
  for (let step = 0; step < PLACES; step++) {
    const at = start + ((policy + step) & (PLACES - 1)) * PLACE_WORDS;
    const found = Atomics.load(words, at + POLICY);
    if (found === policy) return at;
    // A policy may get two places, when one before its own was given up: readers add them up.
    if (found !== 0 && found !== FORGOTTEN) continue;
    const before = Atomics.compareExchange(words, at + POLICY, found, policy);
    if (before === found || before === policy) return at;
  }
  return -1;
}

/** Counts a source that leaves the table. Runs under a lock; `at` is where its slot begins. */
export function noteFinalPeak({ words, ownPeaks }: SourcesTable, at: number): void {
  const peak = read(words, at + PEAK);
  // It never held a connection: it was only refused, or a block was restored.
  if (peak === 0) return;
  // First: a worker that ends between the two loses it, or recovery would count it twice.
  words[at + PEAK] = 0;
  const place = placeOf(words, ownPeaks, read(words, at + KEY));
  if (place < 0) return;
  Atomics.add(words, place + COUNTS + bucketOf(peak), 1);
  for (;;) {
    const maximum = Atomics.load(words, place + MAXIMUM);
    if (maximum >= peak || Atomics.compareExchange(words, place + MAXIMUM, maximum, peak) === maximum) return;
  }
}

/** Shows the peaks of the sources of a policy that are in the table, without a lock. */
function visitPeaks(table: SourcesTable, policy: number, visit: (peak: number) => void): void {
  const { words } = table;
  for (let shard = 0; shard < table.shards; shard++) {
    const first = table.firstSlot(shard);
    const end = first + Atomics.load(words, table.shardAt(shard) + TOUCHED);
    for (let slot = first; slot < end; slot++) {
      const at = table.slotAt(slot);
      const isOfPolicy = (read(words, at + FLAGS) & IN_USE) !== 0 && read(words, at + KEY) === policy;
      const peak = read(words, at + PEAK);
      if (isOfPolicy && peak > 0) visit(peak);
    }
  }
}

/**
 * How many connections the sources of a policy have held at most, ascending. Each counts as often as it has come and
 * left; those that are there count too. Peaks of 64 and more are rounded up by less than a thirtieth, and never
 * beyond the highest. Takes no lock: who comes or leaves meanwhile may be missing. For the main thread.
 */
export function policyPeaks(buffer: SharedArrayBuffer, policy: number): PeakCount[] {
  const table = new SourcesTable(buffer);
  const { words, finalPeaks } = table;
  const counts = new Array<number>(BUCKETS).fill(0);
  let maximum = 0;
  for (let place = 0; place < LANES * PLACES; place++) {
    const at = finalPeaks + place * PLACE_WORDS;
    if (Atomics.load(words, at + POLICY) !== policy) continue;
    maximum = Math.max(maximum, Atomics.load(words, at + MAXIMUM));
    for (const [bucket, known] of counts.entries()) {
      counts[bucket] = known + (Atomics.load(words, at + COUNTS + bucket) >>> 0);
    }
  }
  visitPeaks(table, policy, (peak) => {
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
  for (let place = 0; place < LANES * PLACES; place++) {
    const at = finalPeaks + place * PLACE_WORDS;
    const policy = Atomics.load(words, at + POLICY);
    if (policy === 0 || policy === FORGOTTEN || isKept(policy)) continue;
    words.fill(0, at + MAXIMUM, at + PLACE_WORDS);
    Atomics.store(words, at + POLICY, FORGOTTEN);
  }
}
