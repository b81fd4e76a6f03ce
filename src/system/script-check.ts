/** What is wrong with a script, and where: lines and columns count from 1, columns in code points. */
export type ScriptProblem = {
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** What stands there; '' = nothing. */
  readonly found: string;
  /** The words that could stand there; empty where that is no list. */
  readonly expected: readonly string[];
};

/** What can be known to be wrong with a script without running it. */
export type CheckScript = (text: string) => Promise<ScriptFindings>;

export type ScriptFindings = {
  readonly problems: readonly ScriptProblem[];
  /** What does nothing here, and is no mistake. */
  readonly warnings: readonly ScriptProblem[];
};
