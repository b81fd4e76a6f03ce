import type { EndingSettings } from '../../policy/enforcer-settings.ts';
import { pausedFor, settledWithin } from '../../time/patience.ts';
import type { Workers } from './workers.ts';

/** Milliseconds in which every worker accepts what waits: one may hang in a script. */
const listeningPatience = 2000;
/** Milliseconds between two looks at whether connections are left. */
const interval = 20;

/**
 * Lets the connections of a data plane come to their end: it takes new ones for some time yet, then those that wait, and
 * then none. Resolves to how many are left when their time is over, or `hurry` is aborted.
 */
export async function drain(
  workers: Pick<Workers, 'stopListening' | 'connectionCount'>,
  { notice, drain }: EndingSettings,
  hurry: AbortSignal,
): Promise<number> {
  await pausedFor(notice, hurry);
  await settledWithin(listeningPatience, workers.stopListening(), hurry);
  const end = performance.now() + drain;
  for (;;) {
    const left = workers.connectionCount();
    if (left === 0 || hurry.aborted || performance.now() >= end) return left;
    await pausedFor(Math.min(interval, end - performance.now()), hurry);
  }
}
