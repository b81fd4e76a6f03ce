/** Milliseconds. */
export type Timeouts = {
  /** No byte has moved in either direction; a write that makes no progress moves none. */
  readonly idle: number;
  /** For each member that is tried. */
  readonly connect: number;
};

export const DEFAULT_TIMEOUTS: Timeouts = { idle: 3_600_000, connect: 10_000 };
