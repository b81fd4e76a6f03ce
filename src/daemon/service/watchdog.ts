/** Of the time after which a service counts as hung (sd_watchdog_enabled(3)): how much passes between two signs of life. */
const share = 1 / 4;
/** How old the last beat of a worker may be: of that time, but never less than so many milliseconds. */
const shareOfBeat = 1 / 2;
const leastForBeat = 1500;

/**
 * Tells whoever watches the process that it lives: its main loop turns, which calls this, and each worker. It is silent
 * while one does not.
 *
 * @param patience milliseconds without a sign of life after which the process counts as hung
 * @param oldestBeat milliseconds since the worker that is behind most was seen at work
 */
export function watchOver(patience: number, oldestBeat: () => number, alive: () => void): void {
  const oldest = Math.max(leastForBeat, patience * shareOfBeat);
  const tell = (): void => {
    if (oldestBeat() <= oldest) alive();
  };
  tell();
  setInterval(tell, Math.max(1, patience * share)).unref();
}
