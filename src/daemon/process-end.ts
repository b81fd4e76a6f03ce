// How a process learns that it has to end.

/** Resolves when the process is asked to stop: SIGTERM, or SIGINT where nobody else handles that. */
export function stopSignal(signals: readonly NodeJS.Signals[]): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of signals) process.once(signal, () => resolve(signal));
  return promise;
}

/** Milliseconds between two checks of the parent. */
const parentInterval = 250;

/**
 * Resolves when the parent process has ended. npm does not pass SIGKILL on: without this, a Levee that npm started
 * would outlive it, and keep the ports and the lock.
 */
export function parentGone(): Promise<void> {
  const parent = process.ppid;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    resolve();
  }, parentInterval);
  timer.unref();
  return promise;
}
