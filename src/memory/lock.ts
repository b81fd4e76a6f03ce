import type { Words } from './words.ts';

/** A lock word is 0 when free, else the number of the thread that holds it: workers count from 1. */
const MAIN_THREAD = -1;

const spins = 200;
const napMilliseconds = 0.1;

/**
 * Tries for a moment. Unlocking wakes nobody, which keeps it one store: a waiter naps and tries again.
 *
 * @throws Error when this thread holds the lock already: an earlier operation under it was cut short, so what
 * the lock protects is half done and only recovery may touch it.
 */
function attempt(words: Words, lock: number, owner: number): boolean {
  for (let spin = 0; spin < spins; spin++) {
    const holder = Atomics.compareExchange(words, lock, 0, owner);
    if (holder === 0) return true;
    if (holder === owner) throw new Error('a part of shared memory was left locked by this thread');
  }
  return false;
}

function nap(words: Words, lock: number): void {
  const holder = Atomics.load(words, lock);
  if (holder !== 0) Atomics.wait(words, lock, holder, napMilliseconds);
}

/** For what another worker is about to do under a lock: a moment without it, or until somebody takes it. */
export function giveWay(words: Words, lock: number): void {
  Atomics.wait(words, lock, 0, napMilliseconds);
}

/** Waits as long as it takes. For workers: when the holder has died, the main thread frees the lock. */
export function acquire(words: Words, lock: number, owner: number): void {
  while (!attempt(words, lock, owner)) nap(words, lock);
}

const patience = 20;

/**
 * Waits a few milliseconds at most. For the main thread, which learns of a worker's death only between two
 * turns of its event loop and so must never wait for a lock whose holder may be dead.
 *
 * @returns false when the lock was not to be had: try again in a later turn.
 */
export function acquireSoon(words: Words, lock: number): boolean {
  for (let tries = 0; tries < patience; tries++) {
    if (attempt(words, lock, MAIN_THREAD)) return true;
    nap(words, lock);
  }
  return false;
}

/** Takes over the lock of a thread that has ended. Returns false when that thread did not hold it. */
export function seize(words: Words, lock: number, dead: number): boolean {
  return Atomics.compareExchange(words, lock, dead, MAIN_THREAD) === dead;
}

export function unlock(words: Words, lock: number): void {
  Atomics.store(words, lock, 0);
}
