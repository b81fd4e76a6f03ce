/** What happens to a connection of a capture. Times are milliseconds on the capture's clock. */
export type ConnectionEvent =
  | {
      readonly kind: 'opened';
      readonly time: number;
      /** No two that are open have the same, and it is low: there are tables by it. */
      readonly connection: number;
      /** Four words in network order; IPv4 as ::ffff:a.b.c.d. */
      readonly source: Uint32Array;
      readonly sourcePort: number;
      readonly destination: Uint32Array;
      readonly destinationPort: number;
    }
  /** The client has sent its first byte. */
  | { readonly kind: 'spoke' | 'closed'; readonly time: number; readonly connection: number };
