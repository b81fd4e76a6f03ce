/** So many sources held so many connections at most. */
export type PeakCount = { readonly peak: number; readonly sources: number };

/** What a threshold would have done to the sources that were seen. */
export type ThresholdReport = {
  /** Which share of the sources it lets through, or `advised`. */
  readonly name: string;
  readonly threshold: number;
  /** Sources that wanted to hold more. */
  readonly hit: number;
  /** How many more the highest source that is not hit could have held. */
  readonly headroom: number;
  /** There are enough sources for it to mean something. */
  readonly isFounded: boolean;
};

export type AdviceReport = {
  readonly policy: string;
  /** The threshold in force; 0 or null: there is none. */
  readonly threshold: number | null;
  readonly sources: number;
  /** The most that one of them held. */
  readonly maximum: number;
  readonly isTooFew: boolean;
  /** Sources for which the advised threshold makes no room, because they stand far above the others. */
  readonly leavesOut: number;
  readonly choices: readonly ThresholdReport[];
  /** Sources that reached a threshold that refuses: how many they would have held is not known. */
  readonly capped: number;
  /** Ascending. */
  readonly peaks: readonly PeakCount[];
  /** Who held the most, the most first. */
  readonly highest: readonly { readonly source: string; readonly peak: number }[];
};
