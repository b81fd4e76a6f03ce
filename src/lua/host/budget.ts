/** What one call into Lua may take. */
export type Budget = {
  /** Virtual machine instructions; library functions take as many as they loop. */
  readonly instructions: number;
  /** A second bound, for instructions that take long; see TimeBudget. */
  readonly milliseconds: number;
};
