/** From which source to which node and port. */
export type Way = { readonly from: string; readonly to: string; readonly port: number };

/** What the load is asked; each answer is a number of connections. */
export type Question =
  /** Opens one for each, all at once. How many were admitted. */
  | { readonly kind: 'open'; readonly ways: readonly Way[] }
  /** Closes so many at most. How many those were. */
  | { readonly kind: 'close'; readonly way: Way; readonly count: number }
  /** How many a source holds at all nodes together, and how many it ever held at once. */
  | { readonly kind: 'held' | 'most'; readonly from: string };

export type Answer = { readonly id: number } & ({ readonly value: number } | { readonly failure: string });
