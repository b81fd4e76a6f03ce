import type { SocketAddresses, Stream } from '../engine/stream.ts';
import type { Side } from '../hooks/connection-port.ts';
import { HeldBytes } from './held-bytes.ts';

const nothing = new Uint8Array();
/** Milliseconds for both sides to end after they were closed from here. */
const closePatience = 2000;

/** Bytes: twice what `Engine.probe` takes for read at once. */
const mostNearEnd = 131_072;

/** The two streams of a connection: what of them has ended, whether they take bytes, and how they are ended from here. */
export class StreamPair {
  /** Null: its descriptor is closed. */
  client: Stream | null;
  /** Null: not connected to, or its descriptor is closed. */
  member: Stream | null = null;
  /** The member has taken the connection. */
  isEstablished = false;
  /** That side has ended its direction. */
  clientEnded = false;
  memberEnded = false;
  /** The member was told the end of the client's direction, which may have come before it was connected. */
  #isMemberEnding = false;
  /** Both were reset from here. */
  isReset = false;
  /** When both were closed from here; -1: they have not been. */
  #closedAt = -1;
  /** Bytes that the peers had not taken when that was asked last. */
  #untaken = 0;
  /** What `flows` was asked about last, and there was nothing to take. */
  #emptySince = -1;
  #clientAddresses: SocketAddresses | null = null;
  /** What the client has sent before the member was connected; null: nothing. */
  #held: HeldBytes | null = null;

  constructor(client: Stream) {
    this.client = client;
  }

  /** Reset or closed from here: nothing is relayed any more. */
  get isOver(): boolean {
    return this.isReset || this.#closedAt >= 0;
  }

  /** Closed from here, and so long ago that what is left of it should be reset: it does not even flow. */
  isOverdue(now: number): boolean {
    if (!this.isClosing || now - this.#closedAt < closePatience) return false;
    if (!this.flows(this.#closedAt)) return true;
    this.#closedAt = now;
    return false;
  }

  /**
   * Whether a peer has taken something of what was written to it since this was asked last: the system sends what it has,
   * and tells nobody. The first time after `since`, when the last byte was written, all that waits counts as movement.
   */
  flows(since: number): boolean {
    if (this.#emptySince === since) return false;
    const before = this.#untaken;
    this.#untaken = (this.client?.untaken() ?? 0) + (this.member?.untaken() ?? 0);
    if (this.#untaken === 0) this.#emptySince = since;
    return this.#untaken !== before;
  }

  /**
   * Once the member has ended, the client may have, too: a last bit is read without waiting for the member to take it,
   * so that an end behind it comes to light.
   */
  get isNearEnd(): boolean {
    return this.memberEnded && (this.member?.unsent() ?? 0) <= mostNearEnd;
  }

  /** Closed from here, whether or not both sides have ended by now. */
  get isClosing(): boolean {
    return this.#closedAt >= 0;
  }

  /** The ends of the client's connection, kept from the first call on; null when it was closed before that. */
  clientAddresses(): SocketAddresses | null {
    this.#clientAddresses ??= this.client?.addresses() ?? null;
    return this.#clientAddresses;
  }

  /** A member is being connected to. */
  get isConnecting(): boolean {
    return this.member !== null && !this.isEstablished;
  }

  sideOf(stream: Stream): Side {
    return stream === this.member ? 'member' : 'client';
  }

  of(side: Side): Stream | null {
    return side === 'client' ? this.client : this.member;
  }

  /** Whether bytes may still be written to a side. */
  takesBytes(side: Side): boolean {
    if (this.isOver) return false;
    if (side === 'client') return this.client !== null && !this.memberEnded;
    return this.member !== null && this.isEstablished && !this.#isMemberEnding;
  }

  /** Tells the member that the client has ended its direction. */
  endMember(): void {
    this.#isMemberEnding = true;
    this.member?.end();
  }

  /** False: write no more until the stream is drained. */
  write(stream: Stream, bytes: Uint8Array): boolean {
    return this.isOver || bytes.length === 0 || stream.write(bytes);
  }

  /** Keeps bytes of the client for the member to come. False: that is enough, read no more. */
  hold(bytes: Uint8Array): boolean {
    this.#held ??= new HeldBytes();
    return this.#held.add(bytes);
  }

  /** What is kept. */
  held(): Uint8Array {
    return this.#held?.all() ?? nothing;
  }

  /** Likewise, and nothing is kept any more; null: nothing was. */
  takeHeld(): Uint8Array | null {
    const held = this.#held?.all() ?? null;
    this.#held = null;
    return held;
  }

  dropHeld(): void {
    this.#held = null;
  }

  /** Bytes that wait here for a member, or for somebody to read. */
  get waiting(): number {
    if (this.isReset) return 0;
    return (this.#held?.size ?? 0) + (this.client?.unsent() ?? 0) + (this.member?.unsent() ?? 0);
  }

  /** Resets both: the client last, who may come again at once, and find the member's place free. */
  reset(): void {
    this.isReset = true;
    this.member?.reset();
    this.client?.reset();
  }

  /** Ends both after what was written to them; what they still say is read, for the caller to drop. */
  close(now: number): void {
    this.#closedAt = now;
    this.client?.relayTo(null);
    this.member?.relayTo(null);
    this.client?.end();
    this.client?.resume();
    if (!this.isEstablished) {
      this.member?.reset();
      return;
    }
    this.member?.end();
    this.member?.resume();
  }
}
