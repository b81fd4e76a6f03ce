/** One benchmark: a file of this folder that exports one; its name is the file's. */
export type Benchmark = {
  readonly title: string;
  /** It takes minutes: it runs when it is named, not with all. */
  readonly isLong?: boolean;
  run(setting: Setting): Promise<void>;
};

export type Setting = {
  /** A fraction of the work, to see that it runs: the figures mean nothing. */
  readonly quick: boolean;
  /** Words of the titles of the rows that are wanted, where a benchmark has rows that can be had alone; empty: all. */
  readonly rows: readonly string[];
  /** An empty directory that is removed in the end. */
  readonly directory: string;
  print(text: string): void;
};
