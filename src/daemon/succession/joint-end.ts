import { settledWithin } from '../../time/patience.ts';
import type { Predecessor } from './channel.ts';

/** Milliseconds for the process before this one to reset what it still has, and to report it. */
const patience = 2000;

/**
 * Ends the process before this one along with it: its connections have so many milliseconds, or, once `hurry` is aborted,
 * none. Resolves when it is gone, or should have been.
 */
export async function endAlong(former: Predecessor, within: number, hurry: AbortSignal): Promise<void> {
  former.send({ type: 'end', within });
  await settledWithin(within, former.ended, hurry);
  if (hurry.aborted) former.send({ type: 'end', within: 0 });
  await settledWithin(patience, former.ended);
}
