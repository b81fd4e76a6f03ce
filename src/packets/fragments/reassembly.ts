import { read16 } from '../../net/big-endian.ts';
import type { Packet } from '../packet.ts';
import { type Added, Datagram } from './datagram.ts';

export type ReassemblyLimits = {
  readonly datagrams: number;
  /** Of memory, in all. */
  readonly bytes: number;
  /** How long a datagram may be incomplete, on the capture's clock. */
  readonly milliseconds: number;
};

const defaultLimits: ReassemblyLimits = { datagrams: 4096, bytes: 16 * 1024 * 1024, milliseconds: 30_000 };

/** Why fragments will not become a packet. */
export type GivenUp = 'overlap' | 'malformed' | 'timeout' | 'no room' | 'end of capture';

/** Puts IP fragments together. A datagram whose fragments overlap is given up, with all that comes of it later. */
export class Reassembly {
  readonly #limits: ReassemblyLimits;
  readonly #onGivenUp: (fragments: readonly Packet[], cause: GivenUp) => void;
  /** In the order of their first fragments. */
  readonly #datagrams = new Map<string, Datagram>();
  /** Given up for what was in them, and when: what comes of them until then is given up too. */
  readonly #refused = new Map<string, number>();
  #cost = 0;

  /** `onGivenUp` gets the fragments that are held no longer: to be dropped, or written as they are. */
  constructor(
    onGivenUp: (fragments: readonly Packet[], cause: GivenUp) => void,
    limits: Partial<ReassemblyLimits> = {},
  ) {
    this.#onGivenUp = onGivenUp;
    this.#limits = { ...defaultLimits, ...limits };
  }

  /** How much memory it holds, about. */
  get cost(): number {
    return this.#cost;
  }

  /**
   * Takes a packet.
   *
   * @returns the packet itself if it is none or no fragment; the whole, with `fragments` set, if this completes
   *   it; undefined while more is needed, or when it was given up
   */
  take(packet: Packet): Packet | undefined {
    if (!packet.isFragment || packet.transport < 0) return packet;
    this.#expire(packet.time);
    const key = keyOf(packet);
    if (this.#refused.has(key)) {
      this.#onGivenUp([packet], 'overlap');
      return undefined;
    }
    const datagram = this.#datagrams.get(key) ?? this.#begin(key, packet.time);
    const before = datagram.cost;
    const added = datagram.add(packet);
    this.#cost += datagram.cost - before;
    return this.#answer(key, datagram, packet, added);
  }

  /** Gives up all that is incomplete: no more packets will come. */
  end(): void {
    for (const [key, datagram] of this.#datagrams) this.#giveUp(key, datagram, 'end of capture');
    this.#refused.clear();
  }

  #answer(key: string, datagram: Datagram, packet: Packet, added: Added): Packet | undefined {
    if (added === 'complete') {
      const whole = datagram.assemble();
      if (whole === undefined) this.#giveUp(key, datagram, 'malformed');
      else this.#forget(key, datagram);
      return whole;
    }
    if (added === 'overlap' || added === 'malformed') {
      this.#giveUp(key, datagram, added);
      this.#onGivenUp([packet], added);
      this.#refuse(key, packet.time);
    }
    while (this.#cost > this.#limits.bytes && this.#giveUpOldest('no room'));
    return undefined;
  }

  #begin(key: string, time: number): Datagram {
    if (this.#datagrams.size >= this.#limits.datagrams) this.#giveUpOldest('no room');
    const datagram = new Datagram(time);
    this.#datagrams.set(key, datagram);
    return datagram;
  }

  #refuse(key: string, time: number): void {
    const [oldest] = this.#refused.keys();
    if (oldest !== undefined && this.#refused.size >= this.#limits.datagrams) this.#refused.delete(oldest);
    this.#refused.set(key, time);
  }

  #expire(time: number): void {
    const limit = time - this.#limits.milliseconds;
    for (const [key, datagram] of this.#datagrams) {
      if (datagram.since >= limit) break;
      this.#giveUp(key, datagram, 'timeout');
    }
    for (const [key, since] of this.#refused) {
      if (since >= limit) break;
      this.#refused.delete(key);
    }
  }

  #giveUpOldest(cause: GivenUp): boolean {
    const [oldest] = this.#datagrams;
    if (oldest === undefined) return false;
    this.#giveUp(oldest[0], oldest[1], cause);
    return true;
  }

  #giveUp(key: string, datagram: Datagram, cause: GivenUp): void {
    this.#forget(key, datagram);
    if (datagram.fragments.length > 0) this.#onGivenUp(datagram.fragments, cause);
  }

  #forget(key: string, datagram: Datagram): void {
    this.#datagrams.delete(key);
    this.#cost -= datagram.cost;
  }
}

/** Both addresses and the identification; with IPv4 the protocol too: RFC 791, RFC 8200 4.5. */
function keyOf({ bytes, network, version, fragmentHeader }: Packet): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (version === 4) {
    const ends = view.toString('latin1', network + 12, network + 20);
    return `${ends}${read16(bytes, network + 4)} ${bytes[network + 9]}`;
  }
  return (
    view.toString('latin1', network + 8, network + 40) +
    view.toString('latin1', fragmentHeader + 4, fragmentHeader + 8)
  );
}
