/** Shared memory as 32-bit words. Everything here allocates nothing and can't throw: it runs under a lock. */
export type Words = Int32Array<SharedArrayBuffer>;

/** Every index is in bounds by construction; `?? 0` only says so to the type checker. */
export const read = (words: Int32Array, at: number): number => words[at] ?? 0;

export const add = (words: Int32Array, at: number, amount: number): void => {
  words[at] = read(words, at) + amount;
};

/** Counters that a flood can carry past 2^32 (39 hours at 30,000 a second) are two words, low one first. */
export const countUp = (words: Int32Array, at: number): void => {
  const low = (read(words, at) + 1) | 0;
  words[at] = low;
  if (low === 0) add(words, at + 1, 1);
};

export const readCount = (words: Int32Array, at: number): number =>
  (read(words, at + 1) >>> 0) * 2 ** 32 + (read(words, at) >>> 0);

export const writeCount = (words: Int32Array, at: number, count: number): void => {
  words[at] = count | 0;
  words[at + 1] = Math.floor(count / 2 ** 32);
};

export const clearCount = (words: Int32Array, at: number): void => {
  words[at] = 0;
  words[at + 1] = 0;
};
