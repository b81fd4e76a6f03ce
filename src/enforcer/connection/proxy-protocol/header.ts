/** What a PROXY header announces. Addresses are the four words of src/net/address.ts. */
export type Announced = {
  readonly source: Uint32Array;
  readonly sourcePort: number;
  readonly destination: Uint32Array;
  readonly destinationPort: number;
};

/** What the bytes so far are. The answer to some bytes never changes when others follow. */
export type HeaderReading =
  | { readonly kind: 'more' }
  | {
      readonly kind: 'header';
      /** Bytes that belong to the header. */
      readonly length: number;
      /** Null when it names nobody: LOCAL, UNKNOWN, or what is no TCP over IP. The peer speaks for itself. */
      readonly announced: Announced | null;
    }
  | { readonly kind: 'broken'; readonly reason: string };

export const more: HeaderReading = { kind: 'more' };

export function broken(what: string): HeaderReading {
  return {
    kind: 'broken',
    reason: `broken PROXY header: ${what}`,
  };
}
