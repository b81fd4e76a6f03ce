import { softDescriptorLimit } from './system-calls.ts';

/** For the store, logs, sessions, listeners and what the runtime itself has open. */
const LEAST_RESERVE = 64;
const MOST_RESERVE = 512;

/** How many descriptors connections may use, all workers together, when the process may have `limit`. */
export const descriptorsForConnections = (limit: number): number => {
  const reserve = Math.min(MOST_RESERVE, Math.max(LEAST_RESERVE, Math.floor(limit / 8)));
  return Math.max(2, limit - reserve);
};

/** The same for this process as it is now. */
export const descriptorBudget = (): number => descriptorsForConnections(softDescriptorLimit());
