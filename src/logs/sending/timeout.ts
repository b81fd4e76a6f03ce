import { setTimeout } from 'node:timers/promises';

/** Resolves when a promise does, or after so many milliseconds. Rejects where it rejects before. */
export async function settledWithin(
  milliseconds: number,
  promise: Promise<unknown> | undefined,
): Promise<void> {
  const over = new AbortController();
  const timeout = setTimeout(milliseconds, undefined, { signal: over.signal }).catch(() => undefined);
  await Promise.race([promise, timeout]);
  over.abort();
}
