import type { Words } from './words.ts';

/** Changes a word that others watch, and wakes them. */
export function announceChange(words: Words, at: number): void {
  Atomics.add(words, at, 1);
  wakeWatchers(words, at);
}

/** Wakes whoever watches a word, though it has not changed: who waits for ever keeps the memory for ever. */
export function wakeWatchers(words: Words, at: number): void {
  Atomics.notify(words, at);
}

/**
 * Resolves once a word is announced to have changed, or its watchers are woken, and at once when it no longer is `seen`. It
 * keeps no process alive.
 */
export async function changeOf(words: Words, at: number, seen: number): Promise<void> {
  const { async: isWaiting, value } = Atomics.waitAsync(words, at, seen);
  if (isWaiting) await value;
}
