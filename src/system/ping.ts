export type PingOptions = {
  /** Requests, one each second. */
  readonly count: number;
  /** Bytes of data in each. */
  readonly size: number;
  /** Milliseconds that each waits for its reply. */
  readonly timeout: number;
};

/** What became of a request. */
export type Echo = {
  /** From 0 on. */
  readonly sequence: number;
  /** Until the reply came; null: none did. */
  readonly milliseconds: number | null;
  /** Why none came, or ''. */
  readonly reason: string;
};

/** This process has no right to ask anybody, and knows nobody who has. */
export class NoRightToPing extends Error {}

export type Pinging = { readonly address: string; readonly echoes: AsyncIterable<Echo> };

/**
 * Looks a host up where it is a name, and asks it for echoes until there were enough, or the signal is aborted. Rejects with
 * the reason where it has no address, or the system lets this process ask nobody.
 */
export type Ping = (host: string, options: PingOptions, signal: AbortSignal) => Promise<Pinging>;
