import { read, type Words } from '../../memory/words.ts';
import { bucketOf, COUNTS, FORGOTTEN, HISTOGRAM_WORDS, HISTOGRAMS, MAXIMUM, POLICY } from './peak-layout.ts';
import { KEY, PEAK, type SourcesTable } from './table.ts';

// How many connections sources held at most that have left the table: a histogram for each policy, behind the
// slots. A slot is freed under the lock of its shard, histograms are of no shard: each word changes in one atomic
// step, so a worker that ends here spoils nothing and loses one source at most.

/** Where the histogram of a policy begins: one is taken for it if it has none; -1 when all are taken. */
function histogramOf(words: Words, start: number, policy: number): number {
  for (let step = 0; step < HISTOGRAMS; step++) {
    const at = start + ((policy + step) & (HISTOGRAMS - 1)) * HISTOGRAM_WORDS;
    const found = Atomics.load(words, at + POLICY);
    if (found === policy) return at;
    // A policy may get two, when one before its own was given up: readers add them up.
    if (found !== 0 && found !== FORGOTTEN) continue;
    const before = Atomics.compareExchange(words, at + POLICY, found, policy);
    if (before === found || before === policy) return at;
  }
  return -1;
}

/** Counts a source that leaves the table. Runs under a lock; `at` is where its slot begins. */
export function recordFinalPeak({ words, ownPeaks }: SourcesTable, at: number): void {
  const peak = read(words, at + PEAK);
  // It never held a connection: it was only refused, or a block was restored.
  if (peak === 0) return;
  // First: a worker that ends between the two loses it, or recovery would count it twice.
  words[at + PEAK] = 0;
  const histogram = histogramOf(words, ownPeaks, read(words, at + KEY));
  if (histogram < 0) return;
  Atomics.add(words, histogram + COUNTS + bucketOf(peak), 1);
  for (;;) {
    const maximum = Atomics.load(words, histogram + MAXIMUM);
    if (maximum >= peak || Atomics.compareExchange(words, histogram + MAXIMUM, maximum, peak) === maximum)
      return;
  }
}
