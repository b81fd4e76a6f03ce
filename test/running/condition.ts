import { setTimeout as pause } from 'node:timers/promises';

/** A bound on what never comes, in milliseconds; a busy machine may take its time. */
const patience = 60_000;

/** Waits until it holds; throws with what it was waiting for when it never does. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + patience;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await pause(5);
  }
}
