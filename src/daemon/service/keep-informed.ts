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
};

/**
 * Tells the service manager that a Levee is ready, and from then on how it stands and that it lives. Every listener of
 * the configuration stands or is reported by now.
 */
export function keepInformed(manager: ServiceManager, { owner, enforcer }: Running): Informing {
  const status = (): string => (owner.system === undefined ? '' : statusText(owner.system.status()));
  manager.ready(status());
  const timer = setInterval(() => manager.status(status()), interval);
  timer.unref();
  if (manager.watchdog !== null)
    watchOver(
      manager.watchdog,
      () => enforcer.workers.sinceOldestBeat(),
      () => manager.alive(),
    );
  return {
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
