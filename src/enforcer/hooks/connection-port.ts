import type { SocketOption } from '../engine/socket-option.ts';

/** One of the two TCP connections that a relayed connection is made of. */
export type Side = 'client' | 'member';

export type Address = { readonly address: string; readonly port: number };

/** Both ends of one side. */
export type Ends = { readonly local: Address; readonly remote: Address };

/** The sockets of a connection or of a listener, and the one that is about to connect: its options are set before. */
export interface SocketPort {
  /** In the unit that the option's form states; null where the system does not say, or there is no socket now. */
  getOption(side: Side, option: SocketOption): number | null;
  /** Null: it is set. Else why it can't be, in a few words. */
  setOption(side: Side, option: SocketOption, value: number): string | null;
}

/**
 * What hooks may ask of a connection, and do with it. Nothing here throws, and no hook is called from within a call.
 */
export interface ConnectionPort extends SocketPort {
  /** The client as Levee counts it: announced by a PROXY header where the policy says so. */
  readonly client: Address;
  /** Null for the member's side before it is connected, and after it has closed. */
  ends(side: Side): Ends | null;
  /** The pool member that was chosen; null before. */
  readonly member: Address | null;
  /**
   * `reject`: both sides are reset, and what is at hand is dropped. `close`: both get an orderly end after what was
   * written to them; what they still send is dropped, and one that does not end within two seconds is reset.
   */
  finish(how: 'reject' | 'close'): void;
  /** Awaits the client for so many milliseconds at most; what is said later counts no more. */
  awaitWithin(milliseconds: number): void;
  /** Where to connect from; port 0 leaves it to the system. False: the system can't. */
  setSourceAddress(source: Address): boolean;
  /** False: none was set. */
  clearSourceAddress(): boolean;
  /** The bytes of a TCP option that the client sent with its SYN; null where there is none, or the system does not say. */
  tcpOption(side: Side, kind: number): Uint8Array | null;
  /** Connections that the source of an address holds under this policy, this one included until it is over. Null: the client. */
  count(address: string | null): number;
  /**
   * Blocks the client's source: what it holds is closed, after the event. False: it can't be blocked, in monitor-mode,
   * or as a trusted address, or for want of room in the sources table.
   */
  block(seconds: number): boolean;
  /** Writes to one side, before the data at hand. False: that side can't be written to now, or has too much to take. */
  send(side: Side, bytes: Uint8Array): boolean;
  /** Names of the pools that the connection may go to: a policy has one. */
  pools(): readonly string[];
  /** The pool that it goes to; '' without one. */
  pool(): string;
  /** False: the connection may not go to that one. */
  choosePool(name: string): boolean;
  /** A member by its name or address, with or without its port. False: none of them takes connections. */
  chooseMember(name: string): boolean;
  /** The same, by address and port. */
  chooseMemberAt(at: Address): boolean;
  /** Lets the pool's balance method choose now. The member's address and port; '' when none takes connections. */
  assignMember(): string;
}
