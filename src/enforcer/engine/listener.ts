import type { OptionSocket } from './socket-option.ts';
import type { Stream } from './stream.ts';

/** A connection that accept returned and nobody has taken yet. Valid only inside `decide`: the next one reuses it. */
export interface Incoming {
  /** The peer's 128 bits, most significant word first; IPv4 is ::ffff:a.b.c.d. */
  readonly address: Uint32Array;
  addressText(): string;
  port(): number;
  localAddressText(): string;
  localPort(): number;
  /**
   * Of a connection that an engine of this process has opened, the label that it was given; NOBODY for any other. One that
   * was opened this very moment may pass for another's.
   */
  label(): number;
  /** What every engine of the process knows the connection by in `probe`; -1: it has no such number. */
  socket(): number;
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

/** One worker's part of a listening socket. Its options are those of the socket, which all workers share. */
export interface Listener extends OptionSocket {
  /** Whether the connections that it accepts keep their SYN, for `Stream.savedSyn`. Throws SystemCallError. */
  saveSyns(saves: boolean): void;
  /** Closes the share before it returns; accepted connections live on. */
  close(): void;
  /** Closes the share once what waits now is accepted, and then calls back. */
  finish(done: () => void): void;
}

/** A worker's handle on a listening socket, or on all queues of one. It crosses to the worker in a message. */
export type ListenerShare = { readonly descriptors: readonly number[] };

/** A bound, listening socket that somebody else has opened, with all its queues. */
export type GivenSocket = {
  readonly descriptors: readonly number[];
  /** Of a socket that keeps strangers from the port; null: there is none. */
  readonly guard: number | null;
  /** Whoever has given it has it too, and does not expect that it is closed. */
  readonly isLent: boolean;
};

/**
 * A bound, listening socket, kept by the main thread. All workers accept from all its queues, and the death of one loses
 * nothing that waits in them.
 */
export interface ListeningSocket {
  /** One more share. Throws SystemCallError where there is no descriptor for it. */
  share(): ListenerShare;
  /**
   * Closes a share that no worker may have made its own. Nothing happens where it is closed already; `others`: shares
   * of this and other sockets that are in use, of which one may have its number now.
   */
  reclaim(share: ListenerShare, others: readonly ListenerShare[]): void;
  /** Nobody is let in any more, at least for now where the socket is lent. Shares that are descriptors of their own stay open. */
  close(): void;
  /** Closes its descriptors: who else has the socket listens on. */
  leave(): void;
  /** Its descriptors, for another process: that has copies of them, and these stay as they are. */
  toGive(): GivenSocket;
  /** How many descriptors it takes with shares for so many workers. */
  descriptorsFor(workers: number): number;
}
