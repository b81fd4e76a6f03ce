// What tells a process to end.

/** Resolves when the process is asked to stop: SIGTERM, or SIGINT where nobody else handles that. */
export function stopSignal(signals: readonly NodeJS.Signals[]): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of signals) process.once(signal, () => resolve(signal));
  return promise;
}

/** How often the parent is asked for, in milliseconds. */
const parentInterval = 250;

/**
 * Resolves when the process that started this one has gone. npm passes on no SIGKILL: without this, what it started
 * would live on, with the port and the lock.
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
