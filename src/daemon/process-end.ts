import { createRequire, flushCompileCache } from 'node:module';

// How a process learns that it has to end, and how it does.

/** Resolves when the process is asked to stop: SIGTERM, or SIGINT where nobody else handles that. */
export function stopSignal(signals: readonly NodeJS.Signals[]): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of signals) process.once(signal, () => resolve(signal));
  return promise;
}

/** Work of the thread pool that can't be called off, such as the lookup of a name. */
const heldInPool = /^(?:GetAddrInfo|GetNameInfo|FS)Req/;

/** Ends the process, whatever it still waits for. All that it was to do is done. */
export function endProcess(status: number): never {
  // The last of all that is done at the exit of a process. Node would wait for its thread pool after that: for the lookup
  // of a name, as long as name servers may take.
  process.once('exit', () => {
    if (!process.getActiveResourcesInfo().some((resource) => heldInPool.test(resource))) return;
    flushCompileCache();
    const koffi: typeof import('koffi') = createRequire(import.meta.url)('koffi');
    koffi.load(null).func('void _exit(int)')(status);
  });
  process.exit(status);
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
