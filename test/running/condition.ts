import { setTimeout as pause } from 'node:timers/promises';

/** A bound on what never comes, in milliseconds; a busy machine may take its time. */
const patience = 60_000;
/** Milliseconds between two looks. */
const longestRest = 50;

/** Waits until it holds; throws with what it was waiting for when it never does. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + patience;
  // To ask may take the machine more than what is waited for.
  for (let rest = 5; !(await holds()); rest = Math.min(longestRest, rest + 5)) {
    if (performance.now() > end) throw new Error(`waited in vain until ${what}`);
    await pause(rest);
  }
}
