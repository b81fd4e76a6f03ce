import { read16 } from '../big-endian.ts';
import type { Packet } from '../packet.ts';
import { ADDRESS_WORDS, Endpoints, sameAddress } from './endpoints.ts';
import { Half } from './half.ts';

/**
 * `opening`: a SYN was seen; `established`: both SYNs are acknowledged; `half-closed`: one side has sent its
 * FIN; `closing`: both have. When it is over it is kept for a while, since packets of it may still come:
 * `dropped` by whoever uses the table, or `ended` in whatever way.
 */
export type ConnectionState = 'opening' | 'established' | 'half-closed' | 'closing' | 'dropped' | 'ended';

/** `replaced`: the same ends have begun a new one. `dropped`, `closed`: by whoever uses the table. */
export type EndCause =
  | 'fin'
  | 'reset'
  | 'timeout'
  | 'evicted'
  | 'replaced'
  | 'dropped'
  | 'closed'
  | 'end of capture';

const scratch = new Endpoints();

/** A TCP connection of a capture. The client is who sent the SYN. Times are the capture's, in milliseconds. */
export class Connection<Data = unknown> {
  readonly clientAddress = new Uint32Array(ADDRESS_WORDS);
  readonly serverAddress = new Uint32Array(ADDRESS_WORDS);
  readonly clientPort: number;
  readonly serverPort: number;
  readonly opened: number;
  /** When the handshake was complete, if it ever was. */
  established: number | undefined;
  lastSeen: number;
  state: ConnectionState = 'opening';
  cause: EndCause | undefined;
  /** Taken up in the middle: its beginning is not in the capture, and who is the client is a guess. */
  readonly isPickedUp: boolean;
  /** For whoever uses the table. */
  data: Data | undefined;
  readonly client = new Half();
  readonly server = new Half();
  /** A SYN of the client that would begin another connection if the server agrees. */
  rivalSyn: number | undefined;

  /** For the table: where it hangs. */
  readonly hash: number;
  sameHash: Connection<Data> | undefined;
  older: Connection<Data> | undefined;
  newer: Connection<Data> | undefined;

  constructor(ends: Endpoints, isFromClient: boolean, time: number, hash: number, isPickedUp: boolean) {
    this.clientAddress.set(isFromClient ? ends.source : ends.destination);
    this.serverAddress.set(isFromClient ? ends.destination : ends.source);
    this.clientPort = isFromClient ? ends.sourcePort : ends.destinationPort;
    this.serverPort = isFromClient ? ends.destinationPort : ends.sourcePort;
    this.opened = time;
    this.lastSeen = time;
    this.hash = hash;
    this.isPickedUp = isPickedUp;
  }

  get isOver(): boolean {
    return this.state === 'ended' || this.state === 'dropped';
  }

  /** The direction of a packet of this connection. */
  isFromClient(packet: Packet): boolean {
    if (read16(packet.bytes, packet.transport) !== this.clientPort) return false;
    if (this.clientPort !== this.serverPort) return true;
    scratch.read(packet);
    return sameAddress(scratch.source, this.clientAddress);
  }

  /** Whether its ends are these, in either direction. */
  isBetween(ends: Endpoints): boolean {
    return (
      (ends.sourcePort === this.clientPort &&
        ends.destinationPort === this.serverPort &&
        sameAddress(ends.source, this.clientAddress) &&
        sameAddress(ends.destination, this.serverAddress)) ||
      (ends.sourcePort === this.serverPort &&
        ends.destinationPort === this.clientPort &&
        sameAddress(ends.source, this.serverAddress) &&
        sameAddress(ends.destination, this.clientAddress))
    );
  }
}
