import { endProcess } from '../../daemon/process-end.ts';
import type { Running } from '../../daemon/running.ts';
import type { Caller } from '../io/caller.ts';

/** Signals that end a Levee, and a second one of them at once. */
export const endingSignals: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP'];

/** Milliseconds that all may take once connections are reset: more than nft, workers and destinations of logs are given. */
const longestEnd = 10_000;

/**
 * Ends a Levee that this process runs: gives connections their time, and then ends. A signal meanwhile has that come to
 * an end at once.
 */
export async function endRunning(
  { enforcer, stop }: Running,
  { stopSignal }: Pick<Caller, 'stopSignal'>,
  signals: readonly NodeJS.Signals[] = endingSignals,
): Promise<void> {
  const hurry = hurryOn(stopSignal, signals);
  await enforcer.drain(hurry);
  await stopped(stop({ hurry }));
}

/** Aborted by the next of these signals. */
export function hurryOn(
  stopSignal: Caller['stopSignal'],
  signals: readonly NodeJS.Signals[] = endingSignals,
): AbortSignal {
  const hurry = new AbortController();
  stopSignal(signals).then(
    () => hurry.abort(),
    () => undefined,
  );
  return hurry.signal;
}

/** Resolves as `stopping` does. Where that does not come to its end, the process does. */
export async function stopped(stopping: Promise<void>): Promise<void> {
  const last = setTimeout(() => endProcess(1), longestEnd);
  try {
    await stopping;
  } finally {
    clearTimeout(last);
  }
}
