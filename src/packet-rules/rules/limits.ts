import type { Budget } from '../../lua/host/budget.ts';

/** What rules may take: a budget for each call of a function, or of the file itself, and bytes of memory for all. */
export type RuleLimits = { readonly call: Budget; readonly memory: number };

export const defaultLimits: RuleLimits = {
  call: { instructions: 100_000_000, milliseconds: 60_000 },
  memory: 256 * 1024 * 1024,
};
