import type { Ending } from './client.ts';

/** As many connections as will go, `outstanding` at a time. */
export type FloodOrder = {
  readonly type: 'flood';
  readonly port: number;
  readonly outstanding: number;
  readonly seconds: number;
  readonly purpose: 'exchange' | 'reset' | 'be-refused';
};

/** Connections at fixed times, to each port in turn, however long they take (open loop), until `stop()`. */
export type PacedOrder = { readonly type: 'paced'; readonly ports: readonly number[]; readonly rate: number };

/** Opens connections that stay, each proven by a byte there and back, from so many sources in turn; by default from one. */
export type HoldOrder = {
  readonly type: 'hold';
  readonly port: number;
  readonly count: number;
  readonly sources?: number;
};

/** Good clients, each of a source of its own, beside some that have what they may and try on and on. */
export type BesideOrder = {
  readonly type: 'beside';
  readonly port: number;
  /** Sources that hold connections by a `hold`, and have so many attempts under way at a time. */
  readonly attackers: { readonly sources: number; readonly outstanding: number };
  readonly outstanding: number;
  readonly seconds: number;
};

/** So many connections, each of which carries so many bytes to the backend, or both ways. */
export type BulkOrder = {
  readonly type: 'bulk';
  readonly port: number;
  readonly connections: number;
  readonly bytes: number;
  readonly directions: 'one' | 'both';
};

/** So many of the connections that are held, each with a byte on its way there or back, one after another. */
export type ConverseOrder = {
  readonly type: 'converse';
  readonly connections: number;
  readonly seconds: number;
};

/** Closes everything that is held. */
export type ReleaseOrder = { readonly type: 'release' };

export type Order =
  | FloodOrder
  | PacedOrder
  | HoldOrder
  | BesideOrder
  | BulkOrder
  | ConverseOrder
  | ReleaseOrder;

export type Flooded = {
  readonly seconds: number;
  readonly endings: Readonly<Record<Ending, number>>;
  /** Without any end when the time was up. */
  readonly unanswered: number;
};

/** One entry for each connection: when it was due (milliseconds of the epoch), the port, how long from then to its end. */
export type Paced = {
  readonly due: Float64Array;
  readonly port: Float64Array;
  readonly latency: Float64Array;
  /** Those that were not echoed. */
  readonly failed: number;
};

export type Held = { readonly held: number; readonly failed: number };

export type Beside = {
  readonly seconds: number;
  /** Good connections, and those of them that were not echoed. */
  readonly good: number;
  readonly failed: number;
  /** Milliseconds that each of the good ones took. */
  readonly latency: Float64Array;
  /** Attempts of the others that came to an end. */
  readonly refused: number;
};

export type Conversed = { readonly seconds: number; readonly roundTrips: number };

export type Moved = { readonly seconds: number; readonly bytes: number };

export type Result<O extends Order> = O extends FloodOrder
  ? Flooded
  : O extends PacedOrder
    ? Paced
    : O extends HoldOrder
      ? Held
      : O extends BesideOrder
        ? Beside
        : O extends BulkOrder
          ? Moved
          : O extends ConverseOrder
            ? Conversed
            : null;

export type GeneratorData = {
  readonly backendPort: number;
  /** Processor to stay on, or null. */
  readonly processor: number | null;
  /** Before all other threads, where that is permitted. */
  readonly first: boolean;
  /** Word 0 becomes 1 when a paced order is to stop. */
  readonly signal: SharedArrayBuffer;
};
