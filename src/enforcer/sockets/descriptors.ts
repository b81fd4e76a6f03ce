import { softDescriptorLimit } from './system-calls.ts';

/** For the store, logs, sessions, a few listeners and what the runtime itself has open. */
const LEAST_RESERVE = 64;
const MOST_RESERVE = 512;
const LISTENERS_RESERVE = 16;

/** How many descriptors connections may use, all workers together, when the process may have `limit`. */
export const descriptorsForConnections = (limit: number): number => {
  const reserve = Math.min(MOST_RESERVE, Math.max(LEAST_RESERVE, Math.floor(limit / 8)));
  return Math.max(2, limit - reserve);
};

/** How many of those go to listening sockets instead: what the reserve has no room for. */
export const descriptorsWithheld = (listeningSockets: number): number =>
  Math.max(0, listeningSockets - LISTENERS_RESERVE);

/** What connections may use in this process as it is now. */
export const descriptorBudget = (): number => descriptorsForConnections(softDescriptorLimit());
