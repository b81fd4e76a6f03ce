/** Workers count apart, so that they do not wait for one word: each in the lane of its number. */
export const LANES = 8;
/** Policies that have a histogram at a time; a power of two. */
export const HISTOGRAMS = 256;
/** 0: nobody has taken it. */
export const POLICY = 0;
/** In place of a policy: it was one's. No row id is this. */
export const FORGOTTEN = -1;
export const MAXIMUM = 1;
export const COUNTS = 2;

/** Up to here each peak has a count of its own; then each doubling has so many: 3 % apart. */
const EXACT = 64;
const STEPS = 32;
const DOUBLINGS = 10;
export const BUCKETS = EXACT + STEPS * DOUBLINGS;
export const HISTOGRAM_WORDS = COUNTS + BUCKETS;

export const LANE_WORDS = HISTOGRAMS * HISTOGRAM_WORDS;
/** Of all lanes. */
export const FINAL_PEAKS_WORDS = LANES * LANE_WORDS;

/** Which bucket counts a peak; none of 0. */
export function bucketOf(peak: number): number {
  if (peak < EXACT) return peak;
  const doubling = 31 - Math.clz32(peak) - 6;
  return doubling >= DOUBLINGS ? BUCKETS - 1 : EXACT + doubling * STEPS + (peak >>> (doubling + 1)) - STEPS;
}

/** The highest peak that a bucket counts. The last counts all beyond it too. */
export function highestOf(bucket: number): number {
  if (bucket < EXACT) return bucket;
  const doubling = Math.floor((bucket - EXACT) / STEPS);
  return ((((bucket - EXACT) % STEPS) + STEPS + 1) << (doubling + 1)) - 1;
}
