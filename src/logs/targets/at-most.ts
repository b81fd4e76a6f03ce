import { setTimeout } from 'node:timers/promises';

/** Waits for something, but so many milliseconds at most. Rejects where it rejects. */
export async function atMost(milliseconds: number, something: Promise<unknown> | undefined): Promise<void> {
  const over = new AbortController();
  const waiting = setTimeout(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([something, waiting]);
  over.abort();
}
