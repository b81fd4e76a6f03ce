import type { PlaceLimits } from '../places.ts';

/** What the clients of a door may take of this process. */
export type HttpLimits = {
  /** Connections that have shown no token. */
  readonly strangers: { readonly each: number; readonly all: number };
  /** Connections that have. */
  readonly guests: PlaceLimits;
  /** Milliseconds for the handshake of TLS, for the head of a request, and for all of it. */
  readonly handshake: number;
  readonly head: number;
  readonly request: number;
  /** Milliseconds in which nothing goes over a connection: while a request is answered, and between two. */
  readonly silence: number;
  readonly rest: number;
  /** Bytes of a head, and of a body. */
  readonly headSize: number;
  readonly bodySize: number;
  /** Milliseconds between two looks for those who take too long. */
  readonly look: number;
  /** Milliseconds between two looks at the files of a certificate. */
  readonly renewal: number;
};

export const httpLimits: HttpLimits = {
  strangers: { each: 32, all: 128 },
  guests: { each: 64, all: 256, kept: 16 },
  handshake: 10_000,
  head: 10_000,
  request: 30_000,
  silence: 120_000,
  rest: 65_000,
  headSize: 16 * 1024,
  bodySize: 1024 * 1024,
  look: 1000,
  renewal: 60_000,
};
