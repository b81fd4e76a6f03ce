/** Who speaks. Each life of a node has an epoch of its own, a later one a higher. */
export type Incarnation = { readonly node: string; readonly epoch: number };

/** How many connections a source holds at a node. The name of a source means the same everywhere. */
export type Count = readonly [source: string, open: number];

/** What a node has of a peer. */
export type Acknowledgement = Incarnation & {
  /** The last change of the peer's row that it has taken. */
  readonly seq: number;
  /** The last frame of the peer that it has heard, if it minds what the peer holds of its own row; else 0. */
  readonly stamp: number;
};

/** What a node tells all others: what has changed of its row, and what it has of theirs. */
export type Frame = Incarnation & {
  /** Frames of this life, with this one. */
  readonly stamp: number;
  /** Changes of the row in this life, with this one if there is any. */
  readonly seq: number;
  readonly changes: readonly Count[];
  readonly acknowledgements: readonly Acknowledgement[];
  /** Nodes whose whole row it asks for. */
  readonly wants: readonly string[];
};

/** The row of a node after its change `seq`, whole. */
export type WholeRow = Incarnation & { readonly seq: number; readonly row: readonly Count[] };
