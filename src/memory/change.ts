import type { Words } from './words.ts';

/** Changes a word that others watch, and wakes them. */
export function announceChange(words: Words, at: number): void {
  Atomics.add(words, at, 1);
  Atomics.notify(words, at);
}

/** Resolves once a word is announced to have changed, or at once when it no longer is `seen`. It keeps no process alive. */
export async function changeOf(words: Words, at: number, seen: number): Promise<void> {
  const { async: isWaiting, value } = Atomics.waitAsync(words, at, seen);
  if (isWaiting) await value;
}
