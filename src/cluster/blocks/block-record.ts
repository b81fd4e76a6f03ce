/** What all nodes know of the block of a source, in the order in which that has changed. */
export type BlockRecord = {
  /** The policy and the source, as nodes name them to each other. */
  readonly source: string;
  /** When it ends, by the clock of the store, in milliseconds; 0: it was lifted. */
  readonly end: number;
  /** Of two records of a source the one with the higher version is true. */
  readonly version: number;
  /** The node that wrote it: of two with the same version, the one of the node that is the greater as text. */
  readonly node: string;
  /** Who or what blocked or lifted it, and why. */
  readonly by: string;
  readonly reason: string;
};

export function isNewer(one: BlockRecord, other: BlockRecord | undefined): boolean {
  if (other === undefined) return true;
  if (one.version !== other.version) return one.version > other.version;
  return one.node > other.node;
}

/** What it says holds no more, and nobody needs to hear of it: `longest` is the longest period of a block. */
export function isForgotten({ end, version }: BlockRecord, now: number, longest: number): boolean {
  // A version is the moment at which it was written, or one more than the version before.
  return end === 0 ? version + longest < now : end <= now;
}

/** The version of a record that follows another: later clocks win, and nobody goes back. */
export function nextVersion(now: number, before: BlockRecord | undefined): number {
  return Math.max(Math.floor(now), (before?.version ?? 0) + 1);
}
