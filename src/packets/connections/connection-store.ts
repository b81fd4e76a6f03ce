import type { Packet } from '../packet.ts';
import type { ConnectionState, EndCause } from './captured-connection.ts';
import type { Half } from './half.ts';

/** What segments change of a connection. */
export type Followed = {
  state: ConnectionState;
  readonly client: Half;
  readonly server: Half;
  /** A SYN of the client that would begin another connection if the server agrees. */
  rivalSyn: number | undefined;
  /** Where the server would begin by another answer to the SYN than its first: the client says which one counts. */
  rivalAnswer: number | undefined;
};

/**
 * Where a table keeps its connections, found by their ends and listed for each state in the order in which they
 * were last seen. `C` is what one is to the table.
 */
export type ConnectionStore<C> = {
  /** How many there are. */
  readonly count: number;
  /** That of a TCP packet. */
  find(packet: Packet): C | undefined;
  /** Whether the packet, which is of this connection, comes from its client. */
  isFromClient(connection: C, packet: Packet): boolean;
  stateOf(connection: C): ConnectionState;
  /** In milliseconds, on the capture's clock. */
  lastSeenOf(connection: C): number;
  /** That of a state which was not seen for longest. */
  oldestOf(state: ConnectionState): C | undefined;
  /** The next of its state. */
  newerThan(connection: C): C | undefined;
  /** A new one, opening, between the ends of the packet that was last looked for, and seen at this time. */
  add(isFromClient: boolean, isPickedUp: boolean, time: number): C;
  /** It stands as it is only until another one is read. */
  read(connection: C): Followed;
  /** Takes over what was changed since this one was read, and moves it to the newest of its state, seen at this time. */
  write(connection: C, time: number): void;
  /** Moves it to the newest of those that are over; when it was seen stays. */
  end(connection: C, state: 'dropped' | 'ended', cause: EndCause): void;
  /** Forgets one that is over. False: it was forgotten before. */
  remove(connection: C): boolean;
};
