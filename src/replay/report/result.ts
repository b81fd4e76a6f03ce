import type { Action } from '../../policy/snapshot.ts';
import type { PeakCount } from '../../verdict/upkeep/threshold-advice.ts';

/** Sources that are named in a list: the first ones. */
export const mostNamed = 10_000;

/** The worst that happens to a source. */
export type Fate = 'admitted' | 'reported' | 'refused' | 'blocked';

/** What became of one source, or of one address where the prefixes of two configurations differ. */
export type SourceResult = {
  /** The masked address; with its prefix length where that is not the whole address. */
  readonly source: string;
  readonly fate: Fate;
  readonly connections: number;
  /** Connections that were reported: refused or not. */
  readonly reported: number;
  readonly refused: number;
  /** Connections that enforcement would have refused: under `alert` and monitor-mode too. */
  readonly wouldRefuse: number;
  /** How often it was blocked. */
  readonly blocks: number;
  /** Connections that a block has closed. */
  readonly closed: number;
  /** Milliseconds since 1970; null: never. */
  readonly firstReported: number | null;
  readonly firstRefused: number | null;
  readonly firstBlocked: number | null;
};

export type Sum = {
  readonly sources: number;
  readonly connections: number;
  readonly first: number | null;
};

export type PolicyResult = {
  readonly policy: string;
  /** Null: there is no rule that applies. */
  readonly rule: { readonly name: string; readonly threshold: number; readonly action: Action } | null;
  readonly monitorMode: boolean;
  readonly connections: number;
  readonly sources: number;
  /** The most connections at a time, had all been admitted; of all sources together and of the one with the most. */
  readonly peak: number;
  readonly peakOfSource: { readonly source: string; readonly peak: number } | null;
  /** The most that it would have held. */
  readonly held: number;
  readonly reported: Sum;
  readonly refused: Sum;
  /** `connections`: those that blocks have closed. */
  readonly blocked: Sum;
  readonly wouldRefuse: number;
  /** Connections refused because the sources table was full. */
  readonly tableFull: number;
  /** How many sources held how many at most, had all been admitted; ascending. */
  readonly peaks: readonly PeakCount[];
  /** Sources with the highest of these peaks, the highest first. */
  readonly highest: readonly { readonly source: string; readonly peak: number }[];
  /** To which anything happened but to be admitted, in the order in which it did: the first MOST_NAMED. */
  readonly affected: readonly SourceResult[];
  readonly affectedInAll: number;
  /** What the replay could not know of this policy. */
  readonly notes: readonly string[];
};

/** Connections that no policy takes. */
export type Unmatched = {
  readonly connections: number;
  /** Those with the most, as `address:port`. */
  readonly destinations: readonly { readonly destination: string; readonly connections: number }[];
};

export type ReplayResult = { readonly policies: readonly PolicyResult[]; readonly unmatched: Unmatched };

/** A source that fares otherwise under another configuration. Null: no policy has taken its connections. */
export type FateChange = {
  readonly source: string;
  readonly from: Fate | null;
  readonly to: Fate | null;
  readonly before: SourceResult | null;
  readonly after: SourceResult | null;
};

export type PolicyChange = {
  readonly policy: string;
  /** Null: the policy is not in that configuration. */
  readonly before: PolicyResult | null;
  readonly after: PolicyResult | null;
  /** Sources of which another fate is the worst, in the order in which it comes to that: the first MOST_NAMED. */
  readonly changes: readonly FateChange[];
  readonly changesInAll: number;
  /** Sources of the same fate, but with other numbers. */
  readonly otherNumbers: number;
};

/** What of a capture has been read. */
export type CaptureSummary = {
  readonly packets: number;
  readonly connections: number;
  /** How many of them were not captured whole, and are concluded from what was. */
  readonly inferred: number;
  /** Milliseconds since 1970, of the earliest and the latest packet; null where there is none. */
  readonly from: number | null;
  readonly to: number | null;
  /** What the replay could not take into account. */
  readonly notes: readonly string[];
};
