/** The ports of a proxy under test. Each counts the connections of a source before it relays them to the backend. */
export type Ports = {
  /** A source may hold as many as the test opens. */
  readonly relay: number;
  /** A source may hold one connection: every further one is refused, unlogged. */
  readonly guarded: number;
  readonly backend: number;
};

export const mostHeld = 60_000;

/** A running proxy of one worker. */
export type RunningProxy = {
  readonly name: string;
  /** The processes that serve connections. */
  processes(): readonly number[];
  stop(): Promise<void>;
};
