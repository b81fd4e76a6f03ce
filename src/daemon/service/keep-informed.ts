import type { Running } from '../running.ts';
import type { ServiceManager } from './service-manager.ts';
import { statusText } from './status-text.ts';
import { watchOver } from './watchdog.ts';

/** Milliseconds between two looks at whether the status is another. */
const interval = 5000;
/** Milliseconds at the end that workers and destinations of logs take beside what is configured, with some to spare. */
const ending = 10_000;

/** What the service manager hears of a Levee that it has started. */
export type Informing = {
  /** Log files were opened anew. */
  reloaded(): void;
  /** The end begins. */
  stopping(): void;
  /** Another process is the one that the manager hears from now on. */
  succeeded(): void;
};

/**
 * Tells the service manager that a Levee is ready, and from then on how it stands and that it lives. Every listener of
 * the configuration stands or is reported by now.
 *
 * @param isSuccessor this process has taken over from the one that the manager knows
 */
export function keepInformed(
  manager: ServiceManager,
  { owner, enforcer }: Running,
  isSuccessor: boolean,
): Informing {
  const status = (): string => (owner.system === undefined ? '' : statusText(owner.system.status()));
  if (isSuccessor) manager.tookOver();
  manager.ready(status());
  const timer = setInterval(() => manager.status(status), interval);
  timer.unref();
  let isSucceeded = false;
  if (manager.watchdog !== null)
    watchOver(
      manager.watchdog,
      () => Math.max(0, ...enforcer.workers.beats().map((age) => age ?? 0)),
      () => {
        if (!isSucceeded) manager.alive();
      },
    );
  return {
    succeeded() {
      isSucceeded = true;
      clearInterval(timer);
    },
    reloaded() {
      manager.reloading();
      manager.ready(status());
    },
    stopping() {
      clearInterval(timer);
      const { notice, drain } = owner.configuration.compiled.ending;
      manager.stopping(notice + drain + ending, `stopping: ${status()}`);
    },
  };
}
