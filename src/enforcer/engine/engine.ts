import type { GivenSocket, Listener, ListenerShare, ListenHandler, ListeningSocket } from './listener.ts';
import type { OutgoingSocket, SourceAddress } from './outgoing-socket.ts';
import type { OwnConnections } from './own-connections.ts';
import type { Stream, StreamHandler } from './stream.ts';

/**
 * What a worker asks of the operating system, and all that it asks. Above this line there is no promise, no timer
 * of Node's, no Node event, no net.Socket and no descriptor, so that an event loop written on system calls can take
 * its place. Every callback runs on the worker's own thread, one at a time.
 */
export interface Engine {
  /** Milliseconds that only go forward, with the same origin in every thread of the process. */
  now(): number;
  /** Milliseconds since 1970. */
  wallClock(): number;
  after(milliseconds: number, callback: () => void): Timer;
  every(milliseconds: number, callback: () => void): Timer;
  /**
   * Accepts from a listening socket. The share is the listener's from now on, whatever becomes of it. The handler is
   * never called from within this call.
   */
  listen(share: ListenerShare, handler: ListenHandler): Listener;
  /**
   * Begins to connect; `connected` or `closed` follows, never from within this call. Where nobody listens on a port of
   * this machine, the system may choose that very port to connect from, and the socket meets itself: it has failed.
   *
   * @param label what `Incoming.label` says where the connection comes to a listener of this process; NOBODY: it is not
   *   made known there
   */
  connect(address: string, port: number, label: number, handler: StreamHandler): Stream;
  /** For a connection that is to have options or a source of its own. */
  prepare(address: string, port: number, label: number): OutgoingSocket;
  /** So many bytes of what is relayed may wait in memory of the system, which counts as unsent; at first, as many as serve. */
  changeRelayRoom(bytes: number): void;
  /** Whether an address is one of this machine but for loopback, as it was some seconds ago. */
  isLocal(address: Uint32Array): boolean;
  /** Whether a connection could come from there now. */
  canConnectFrom(source: SourceAddress): boolean;
  /**
   * Asks the system about connections that any engine of the process has accepted, each from `decide` until `closing`;
   * of others the answer says nothing. `over[i]` becomes BROKEN where the system has a reset of `sockets[i]` or no such
   * socket, ENDED where it has the ends of both directions and no more bytes unread than are read at once; else 0.
   * Allocates nothing, and throws nothing.
   */
  probe(sockets: Int32Array, over: Uint8Array, count: number): void;
  /**
   * Who is to be asked, between two events, where these have kept Node from its turn for some milliseconds: messages of
   * the main thread wait no longer. An engine that gives Node its turn in time asks nobody.
   */
  whenNodeWaits(ask: () => void): void;
  /** Stops what the engine itself keeps running. Its streams and listeners must be closed. */
  close(): void;
}

export interface Timer {
  stop(): void;
}

/** What of an engine has nothing to do with sockets. */
export type EngineClock = Pick<Engine, 'now' | 'wallClock' | 'after' | 'every'>;

/** One implementation of the engine: what the main thread and what a worker thread needs of it. */
export interface EngineImplementation {
  /** Null: it works here. Else why it does not. */
  fault(): string | null;
  /** How many queues a listening socket has where it may have several. */
  readonly queuesEach: number;
  /**
   * Binds and listens. IPv6 sockets are IPv6-only. Throws SystemCallError where the system refuses.
   *
   * @param queued it may have several queues, where the engine has such: each takes a descriptor
   */
  bind(address: string, port: number, queued: boolean): ListeningSocket;
  /** Takes a socket that listens already. Throws SystemCallError, or Error where the engine can't have it. */
  adopt(socket: GivenSocket): ListeningSocket;
  /**
   * The engine of this thread; a thread has one. It is loaded now: who only opens sockets for others needs none.
   *
   * @param own what all workers of the process have opened
   * @param descriptors for what this one has open: see owned-descriptors.ts
   */
  start(own: OwnConnections, descriptors: SharedArrayBuffer): Promise<Engine>;
  /** The thread of an engine is gone: closes what it has left open. */
  closeLeft(descriptors: SharedArrayBuffer): void;
}
