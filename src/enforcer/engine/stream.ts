import type { OptionSocket } from './socket-option.ts';

/** How a stream came to its end. */
export type CloseCause =
  /** Both directions had ended. */
  | 'finished'
  /**
   * The peer reset it, or the system gave it up (keepalive, retransmission timeout). There may have been no `connected`
   * before: the peer had accepted it, and the reset was here first.
   */
  | 'reset'
  /** It was never connected. */
  | 'failed'
  /** It was never connected, because the process or the system has no descriptor for it. */
  | 'exhausted'
  /** `reset` was called here. */
  | 'dropped';

/** The two ends of a connection, as the system prints them. */
export type SocketAddresses = {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly localPort: number;
};

/** One TCP connection, from accept or connect until its descriptor is closed. */
export interface Stream extends OptionSocket {
  /** Names the handler of an accepted stream, and begins to read. */
  open(handler: StreamHandler): void;
  /**
   * False: the bytes are taken, but write no more until `drained`. A chunk is one that `data` is giving at the moment,
   * or one whose bytes do not change any more.
   */
  write(chunk: Uint8Array): boolean;
  /**
   * Writes all that is read from now on to another stream of this engine, which is connected, and tells how much that is
   * by `relayed` in the place of `data`; null: it is given to the handler again. What the other was given before goes out
   * before, and it may be written to as ever.
   */
  relayTo(other: Stream | null): void;
  /** Ends this direction once all that was written is sent. `closed` may follow, never from within this call. */
  end(): void;
  /** No more `data` until `resume`. A reset by the peer is still noticed. */
  pause(): void;
  resume(): void;
  /** Drops what is unsent and closes the descriptor with a RST. `closed` follows, never from within this call. */
  reset(): void;
  /** Empty and 0 where the system does not know: the peer has reset it already, or it is closed. */
  addresses(): SocketAddresses;
  /** Bytes that were written and that the system has not taken yet. */
  unsent(): number;
  /** Bytes that were written and that the peer's system has not acknowledged: those of `unsent`, and what the system has. */
  untaken(): number;
  /**
   * The headers of IP and TCP that an accepted connection began with, where its listener saves them. The system gives
   * them once; null: it has none (any more).
   */
  savedSyn(): Uint8Array | null;
}

/**
 * What becomes of streams; each call says of which one. After `closed` there is no other call for that stream.
 *
 * `closing` and `over` stand around the one system call by which the peer can learn that a connection is over: a reset,
 * or the end of a direction whose other one the peer has ended. It neither waits nor lingers, and nothing else is called
 * in between. So whoever counts connections can be exact: to others the call and the count are one step.
 */
export interface StreamHandler {
  connected(stream: Stream): void;
  /** The chunk is valid until the call returns: the engine may use its memory again, so whoever keeps bytes copies them. */
  data(stream: Stream, chunk: Uint8Array): void;
  /**
   * So many bytes were read, and written to the stream that this one is relayed to. `takesMore` is false where that has
   * not sent all: read no more until it is drained.
   */
  relayed(stream: Stream, bytes: number, takesMore: boolean): void;
  /** The peer has ended its direction. */
  ended(stream: Stream): void;
  drained(stream: Stream): void;
  /** Called exactly once, whatever the cause, and also from within a call of a stream. */
  closing(stream: Stream): void;
  /** The descriptor is closed; `closed` follows, and `ended` may come between them. */
  over(stream: Stream): void;
  /** Called exactly once for every stream, after `over`, but never from within a call of that stream. */
  closed(stream: Stream, cause: CloseCause): void;
}
