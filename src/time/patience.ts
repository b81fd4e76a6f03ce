import { setTimeout } from 'node:timers/promises';

const never = new AbortController().signal;

/** Resolves after so many milliseconds, or once `hurry` is aborted. */
export async function pausedFor(milliseconds: number, hurry: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || hurry.aborted) return;
  // It rejects when it is aborted, and for nothing else.
  await setTimeout(milliseconds, undefined, { signal: hurry }).catch(() => undefined);
}

/**
 * Resolves when a promise does, after so many milliseconds, or once `hurry` is aborted. Rejects where the promise rejects
 * before.
 */
export async function settledWithin(
  milliseconds: number,
  promise: Promise<unknown> | undefined,
  hurry: AbortSignal = never,
): Promise<void> {
  const over = new AbortController();
  try {
    await Promise.race([promise, pausedFor(milliseconds, AbortSignal.any([hurry, over.signal]))]);
  } finally {
    over.abort();
  }
}
