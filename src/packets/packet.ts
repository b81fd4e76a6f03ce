import type { CaptureRecord } from './capture/record.ts';
import { firstNetwork, type Wanted, wantedNetwork } from './encapsulation/locate.ts';
import { mendEnclosing } from './encapsulation/mend.ts';
import { IPv4, mendIPv4Checksum } from './headers/ipv4.ts';
import { IPv6 } from './headers/ipv6.ts';
import { type Layers, locateLayers, longestIpPacket, type PacketProblem, TCP } from './headers/layers.ts';
import { Tcp } from './headers/tcp.ts';
import { mendTransportChecksum } from './headers/transport-checksum.ts';

/**
 * A frame and where its headers stand. `ip` and `tcp` are windows on its bytes: what they are told is
 * written there at once, and `finish` sets the checksums right.
 */
export class Packet implements Layers {
  bytes: Uint8Array;
  readonly linkType: number;
  seconds: number;
  nanoseconds: number;
  /** Which IP packet of a tunnel it is taken for. */
  readonly wanted: Wanted;
  /** Where the IP header begins; -1 when the frame carries no IP. */
  readonly network: number;
  version: 0 | 4 | 6 = 0;
  transport = -1;
  protocol = -1;
  fragmentHeader = -1;
  isFragment = false;
  end = 0;
  missing = 0;
  problem: PacketProblem | undefined;
  /** The frames that this datagram was put together from: as they are to be written while it is unchanged. */
  fragments: readonly Packet[] | undefined;
  /** Whether anything has been written to it. */
  isChanged = false;
  readonly #isTunnelled: boolean;
  #isFinished = false;
  #originalLength: number;
  #ipv4: IPv4 | undefined;
  #ipv6: IPv6 | undefined;
  #tcp: Tcp | undefined;

  /** @param network where the IP header begins, where that is known */
  constructor(record: CaptureRecord, wanted: Wanted = 'outermost tcp', network?: number) {
    this.bytes = record.bytes;
    this.linkType = record.linkType;
    this.seconds = record.seconds;
    this.nanoseconds = record.nanoseconds;
    this.#originalLength = record.originalLength;
    this.wanted = wanted;
    const first = firstNetwork(record.linkType, record.bytes);
    this.network = first;
    this.locate();
    const inside = network ?? wantedNetwork(this.bytes, first, this, wanted);
    this.#isTunnelled = inside !== first;
    if (this.#isTunnelled) {
      this.network = inside;
      this.locate();
    }
  }

  /** Milliseconds since 1970 on the capture's clock. */
  get time(): number {
    return this.seconds * 1000 + this.nanoseconds / 1_000_000;
  }

  get originalLength(): number {
    return Math.max(this.#originalLength, this.bytes.length);
  }

  get ipv4(): IPv4 | undefined {
    if (this.version !== 4) return undefined;
    this.#ipv4 ??= new IPv4(this);
    return this.#ipv4;
  }

  get ipv6(): IPv6 | undefined {
    if (this.version !== 6) return undefined;
    this.#ipv6 ??= new IPv6(this);
    return this.#ipv6;
  }

  get ip(): IPv4 | IPv6 | undefined {
    return this.ipv4 ?? this.ipv6;
  }

  /** Undefined too for a fragment, and where the TCP header is cut short or lies. */
  get tcp(): Tcp | undefined {
    if (this.protocol !== TCP || this.isFragment) return undefined;
    this.#tcp ??= new Tcp(this);
    return this.#tcp;
  }

  /** Finds the headers anew: needed after lengths were written by other ways than those of `ip` and `tcp`. */
  locate(): void {
    if (this.network >= 0) locateLayers(this.bytes, this.network, this);
    else this.end = this.bytes.length;
  }

  /** Says that bytes were written: `finish` has work to do. */
  changed(): void {
    this.isChanged = true;
    this.#isFinished = false;
  }

  /**
   * Before it is written: makes checksums right, also those that the capture had wrong, as it has of all that a machine
   * sent whose network card computes them. That of IPv4, and of TCP, UDP and ICMP unless the packet is a fragment, cut
   * short, or lies about its length.
   */
  finish(): void {
    if (this.#isFinished) return;
    this.#isFinished = true;
    mendIPv4Checksum(this.bytes, this.network, this.version);
    mendTransportChecksum(this);
    if (this.isChanged || this.#isTunnelled) mendEnclosing(this);
  }

  /** A copy of its own bytes: a packet out of a capture is a view of a large chunk that it would keep alive. */
  own(): void {
    if (this.bytes.byteLength !== this.bytes.buffer.byteLength) this.bytes = this.bytes.slice();
  }

  /** Another packet with the same bytes. */
  clone(): Packet {
    const { linkType, seconds, nanoseconds, wanted, network } = this;
    const record = {
      linkType,
      seconds,
      nanoseconds,
      originalLength: this.#originalLength,
      bytes: this.bytes.slice(),
    };
    const copy = new Packet(record, wanted, network);
    copy.isChanged = this.isChanged;
    return copy;
  }

  /**
   * Puts `bytes` in place of all from `at` to the end of the IP packet, with the IP length right after; padding of
   * the frame goes.
   *
   * @returns false, and nothing changed, when the IP packet would be longer than one can be
   */
  replaceTail(at: number, bytes: Uint8Array): boolean {
    const length = at + bytes.length;
    if (length - this.network > longestIpPacket) return false;
    if (length === this.end && this.end === this.bytes.length) this.bytes.set(bytes, at);
    else {
      const changed = new Uint8Array(length);
      changed.set(this.bytes.subarray(0, at));
      changed.set(bytes, at);
      this.bytes = changed;
      this.#originalLength = length;
    }
    this.ip?.setLengthTo(length - this.network);
    this.changed();
    this.locate();
    return true;
  }
}
