/**
 * What a worker asks of the operating system, and all that it asks. Above this line there is no promise, no timer
 * of Node's, no Node event and no net.Socket, so that an event loop written on system calls can take its place.
 * Every callback runs on the worker's own thread, one at a time.
 */

/** How a stream came to its end. */
export type CloseCause =
  /** Both directions had ended. */
  | 'finished'
  /** The peer reset it, or the system gave it up (keepalive, retransmission timeout). */
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

export interface Stream {
  /** Gives the stream to its owner and begins to read. */
  open(handler: StreamHandler): void;
  /** False: the bytes are taken, but write no more until `drained`. */
  write(chunk: Uint8Array): boolean;
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
  /** For the options of the socket; -1 when there is none (any more). */
  descriptor(): number;
}

/** The owner of streams; each call says which one. After `closed` there is no other call for that stream. */
export interface StreamHandler {
  connected(stream: Stream): void;
  data(stream: Stream, chunk: Uint8Array): void;
  /** The peer has ended its direction. */
  ended(stream: Stream): void;
  drained(stream: Stream): void;
  /** The descriptor is closed. Called exactly once for every stream, whatever the cause. */
  closed(stream: Stream, cause: CloseCause): void;
}

/** A connection that accept returned and nobody has taken yet. Valid only inside `decide`: the next one reuses it. */
export interface Incoming {
  /** The peer's 128 bits, most significant word first; IPv4 is ::ffff:a.b.c.d. */
  readonly address: Uint32Array;
  addressText(): string;
  port(): number;
  localAddressText(): string;
  localPort(): number;
}

export interface ListenHandler {
  /** False: a RST, before any object is built for the connection. */
  decide(incoming: Incoming): boolean;
  /** Follows at once on a `decide` that said true; the handler must open the stream. */
  accepted(stream: Stream): void;
  /** There was no descriptor to spare: so many connections, as far as is known, were reset unasked. */
  exhausted(connections: number): void;
  /** The listener does not work. It is closed; nothing else is called. */
  failed(message: string): void;
}

export interface Listener {
  /** Closes this worker's descriptor before it returns; accepted connections live on. */
  close(): void;
}

export interface Timer {
  stop(): void;
}

export interface Engine {
  /** Milliseconds that only go forward, with the same origin in every thread of the process. */
  now(): number;
  /** Milliseconds since 1970. */
  wallClock(): number;
  /**
   * Accepts on a bound and listening socket. The descriptor is the listener's from now on: a duplicate made for this
   * worker, so that all workers share one queue and the death of one loses nothing that waits in it.
   */
  listen(descriptor: number, handler: ListenHandler): Listener;
  /**
   * Begins to connect; `connected` or `closed` follows, never from within this call. `socket`: the descriptor of one
   * that was made for it, and is the stream's from now on; null: a new one.
   */
  connect(address: string, port: number, socket: number | null, handler: StreamHandler): Stream;
  /** A stream that could not begin to connect: `closed` follows, never from within this call. */
  failed(cause: 'failed' | 'exhausted', handler: StreamHandler): Stream;
  after(milliseconds: number, callback: () => void): Timer;
  every(milliseconds: number, callback: () => void): Timer;
}

/** The worker's end of the message channel to the main thread. */
export interface Port<Sent, Received> {
  post(message: Sent): void;
  receive(handler: (message: Received) => void): void;
}
