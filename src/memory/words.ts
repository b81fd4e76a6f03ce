/** Shared memory as 32-bit words. Everything here allocates nothing and can't throw: it runs under a lock. */
export type Words = Int32Array<SharedArrayBuffer>;

/** Every index is in bounds by construction; `?? 0` only says so to the type checker. */
export function read(words: Int32Array, at: number): number {
  return words[at] ?? 0;
}

export function add(words: Int32Array, at: number, amount: number): void {
  words[at] = read(words, at) + amount;
}

/** Counters that a flood can carry past 2^32 (39 hours at 30,000 a second) are two words, low one first. */
export function countUp(words: Int32Array, at: number): void {
  const low = (read(words, at) + 1) | 0;
  words[at] = low;
  if (low === 0) add(words, at + 1, 1);
}

/** Adds less than 2^31 to such a counter. */
export function addCount(words: Int32Array, at: number, amount: number): void {
  const before = read(words, at) >>> 0;
  const after = before + amount;
  words[at] = after | 0;
  if (after >= 2 ** 32) add(words, at + 1, 1);
}

export function readCount(words: Int32Array, at: number): number {
  return (read(words, at + 1) >>> 0) * 2 ** 32 + (read(words, at) >>> 0);
}

export function writeCount(words: Int32Array, at: number, count: number): void {
  words[at] = count | 0;
  words[at + 1] = Math.floor(count / 2 ** 32);
}

export function clearCount(words: Int32Array, at: number): void {
  words[at] = 0;
  words[at + 1] = 0;
}
