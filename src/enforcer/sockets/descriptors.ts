import { hardDescriptorLimit, softDescriptorLimit } from './system-calls.ts';

/** Descriptors that stay for the store, logs, sessions, a few listeners and the runtime itself. */
const leastReserve = 64;
const mostReserve = 512;
/** Of a worker's own, for its loops and what they wait on: seven, and one to spare. */
const reservePerWorker = 8;
const listenersReserve = 16;

/** How many descriptors connections may use, all workers together, when the process may have `limit`. */
export function descriptorsForConnections(limit: number, workers: number): number {
  const least = leastReserve + reservePerWorker * workers;
  const reserve = Math.max(least, Math.min(mostReserve, Math.floor(limit / 8)));
  return Math.max(2, limit - reserve);
}

/** How many of those go to listening sockets instead: as many as do not fit into the reserve. */
export function descriptorsWithheld(listeningSockets: number): number {
  return Math.max(0, listeningSockets - listenersReserve);
}

/** How many numbers a descriptor of this process may have: the limit may be raised while it runs, so far and no further. */
export function descriptorNumbers(): number {
  return hardDescriptorLimit();
}

/** What connections may use in this process as it is now. */
export function descriptorBudget(workers: number): number {
  return descriptorsForConnections(softDescriptorLimit(), workers);
}
