/** What one call into Lua may take. */
export type Budget = {
  /** Virtual machine instructions; library functions take as many as they loop. */
  readonly instructions: number;
  /** The bound when single instructions are dear: see TimeBudget. */
  readonly milliseconds: number;
};
