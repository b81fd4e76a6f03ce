import { parseAddress } from '../../net/address.ts';

/** Who is blocked, as nodes say it to each other. */
export type BlockedName = {
  /** Its key: `PolicyKeys`. */
  readonly policy: string;
  /** The masked address, and its prefix length. */
  readonly source: string;
  readonly prefix: number;
};

/** What was said last of the block of a source. */
export type BlockRecord = BlockedName & {
  /** When it ends, by the clock of the store, in milliseconds; 0: it was lifted. */
  readonly end: number;
  /** Of two records of a source the one with the higher version is true: when it was written, and later than that before. */
  readonly version: number;
  /** The node that wrote it: of two with the same version, that of the greater name is true. */
  readonly node: string;
  /** Why it was blocked, in a word, or who has lifted it. */
  readonly by: string;
};

/** The name of a source in the store. */
export function nameOf({ policy, source, prefix }: BlockedName): string {
  return JSON.stringify([policy, `${source}/${prefix}`]);
}

export function isNewer(one: BlockRecord, other: BlockRecord): boolean {
  return one.version !== other.version ? one.version > other.version : one.node > other.node;
}

/** Nobody needs to hear of it any more: no block lasts longer than `longest`, so none that it has lifted is left. */
export function isForgotten({ end, version }: BlockRecord, now: number, longest: number): boolean {
  return end === 0 ? version + longest < now : end <= now;
}

/** Of an address, not from so far in the future that nothing could be said after it, and of no block longer than any. */
export function isPossible({ source, version, end }: BlockRecord, now: number, longest: number): boolean {
  return parseAddress(source, new Uint32Array(4)) && version <= now + longest && end <= now + 2 * longest;
}
