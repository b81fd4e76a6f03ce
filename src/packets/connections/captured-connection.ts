import { isIPv4, mappedAddress } from '../../net/address.ts';
import { read16 } from '../../net/big-endian.ts';
import type { Packet } from '../packet.ts';
import { Half } from './half.ts';
import { PacketEnds } from './packet-ends.ts';

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

const scratch = new PacketEnds();

/** The words of an address, of IPv4 only the last, as signed integers: there are many, and these take the least memory. */
type HeldAddress = number | readonly number[];

function held(address: Uint32Array): HeldAddress {
  return isIPv4(address) ? (address[3] ?? 0) | 0 : Array.from(address, (word) => word | 0);
}

function isHeld(own: HeldAddress, address: Uint32Array): boolean {
  return typeof own === 'number'
    ? own === ((address[3] ?? 0) | 0) && isIPv4(address)
    : own.every((word, index) => word === ((address[index] ?? 0) | 0));
}

function wordsOf(own: HeldAddress): Uint32Array {
  return typeof own === 'number' ? mappedAddress(own) : Uint32Array.from(own);
}

/** A TCP connection of a capture. The client is who sent the SYN. Times are the capture's, in milliseconds. */
export class CapturedConnection<Data = unknown> {
  readonly clientPort: number;
  readonly serverPort: number;
  readonly opened: number;
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
  rivalAnswer: number | undefined;

  /** For the table: where it hangs. */
  readonly hash: number;
  sameHash: CapturedConnection<Data> | undefined;
  older: CapturedConnection<Data> | undefined;
  newer: CapturedConnection<Data> | undefined;

  readonly #clientAddress: HeldAddress;
  readonly #serverAddress: HeldAddress;

  constructor(ends: PacketEnds, isFromClient: boolean, time: number, hash: number, isPickedUp: boolean) {
    this.#clientAddress = held(isFromClient ? ends.source : ends.destination);
    this.#serverAddress = held(isFromClient ? ends.destination : ends.source);
    this.clientPort = isFromClient ? ends.sourcePort : ends.destinationPort;
    this.serverPort = isFromClient ? ends.destinationPort : ends.sourcePort;
    this.opened = time;
    this.lastSeen = time;
    this.hash = hash;
    this.isPickedUp = isPickedUp;
  }

  /** Four words, as those of Endpoints. */
  get clientAddress(): Uint32Array {
    return wordsOf(this.#clientAddress);
  }

  get serverAddress(): Uint32Array {
    return wordsOf(this.#serverAddress);
  }

  get isOver(): boolean {
    return this.state === 'ended' || this.state === 'dropped';
  }

  /** The direction of a packet of this connection. */
  isFromClient(packet: Packet): boolean {
    if (read16(packet.bytes, packet.transport) !== this.clientPort) return false;
    if (this.clientPort !== this.serverPort) return true;
    scratch.read(packet);
    return isHeld(this.#clientAddress, scratch.source);
  }

  /** Whether its ends are these, in either direction. */
  isBetween(ends: PacketEnds): boolean {
    return (
      (ends.sourcePort === this.clientPort &&
        ends.destinationPort === this.serverPort &&
        isHeld(this.#clientAddress, ends.source) &&
        isHeld(this.#serverAddress, ends.destination)) ||
      (ends.sourcePort === this.serverPort &&
        ends.destinationPort === this.clientPort &&
        isHeld(this.#serverAddress, ends.source) &&
        isHeld(this.#clientAddress, ends.destination))
    );
  }
}
