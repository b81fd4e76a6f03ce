import { LuaError } from '../../lua/host/errors.ts';
import type { CaptureRecord } from '../../packets/capture/record.ts';
import { LinkType } from '../../packets/encapsulation/link-layer.ts';
import type { Wanted } from '../../packets/encapsulation/locate.ts';
import { UnreadPackets } from '../../packets/encapsulation/unread.ts';
import { type GivenUp, Reassembly } from '../../packets/fragments/reassembly.ts';
import { createPacket, type Moment } from '../../packets/headers/create.ts';
import { longestIpPacket } from '../../packets/headers/layers.ts';
import { Packet } from '../../packets/packet.ts';
import { checkLength } from '../objects/packets/payload.ts';
import { type PacketOutlet, RawPacket } from '../objects/packets/raw-packet.ts';
import type { RulesLog } from '../reporting/rules-log.ts';

/** Makes raw packets: of the packets of a capture, reassembled, and those that rules ask for. */
export class PacketSource {
  readonly #outlet: PacketOutlet;
  readonly #nextOf: (packet: Packet) => string | undefined;
  readonly #reassembly: Reassembly;
  readonly #memory: number;
  readonly #wanted: Wanted;
  readonly #unread = new UnreadPackets();
  #givenUp: RawPacket[] = [];
  #linkType: number = LinkType.ethernet;
  #seconds = 0;
  #nanoseconds = 0;
  #last = 0;
  /** Bytes of the packets that rules have made since the last packet of the capture. */
  #made = 0;

  /** When the packet at hand was captured. */
  get moment(): Moment {
    return { seconds: this.#seconds, nanoseconds: this.#nanoseconds };
  }

  /** What of the capture may be TCP and is not understood. */
  get unread(): readonly string[] {
    return this.#unread.notes;
  }

  /** @param memory most bytes of the packets that rules make while one packet of the capture is handled */
  constructor(
    outlet: PacketOutlet,
    nextOf: (packet: Packet) => string | undefined,
    log: RulesLog,
    memory: number,
    wanted: Wanted,
  ) {
    this.#outlet = outlet;
    this.#nextOf = nextOf;
    this.#memory = memory;
    this.#wanted = wanted;
    this.#reassembly = new Reassembly((fragments, cause) => this.#giveUp(fragments, cause, log));
  }

  /** Takes a packet of the capture. Returns the packets to run rules on: none while fragments are missing. */
  take(record: CaptureRecord, reassembles: boolean): RawPacket[] {
    const packet = new Packet(record, this.#wanted);
    this.#linkType = packet.linkType;
    this.#seconds = packet.seconds;
    this.#nanoseconds = packet.nanoseconds;
    this.#made = 0;
    const whole = reassembles ? this.#reassembly.take(packet) : packet;
    const ready = this.#takeGivenUp();
    if (whole !== undefined && whole.tcp === undefined) this.#unread.take(whole);
    if (whole !== undefined) ready.push(this.wrap(whole));
    return ready;
  }

  /** Ends the capture. Returns the fragments whose others did not come. */
  end(): RawPacket[] {
    this.#reassembly.end();
    return this.#takeGivenUp();
  }

  wrap(packet: Packet): RawPacket {
    this.#last++;
    return new RawPacket(packet, this.#last, true, this.#outlet, this.#nextOf);
  }

  /** A packet of zeros, at the time of the capture. @throws LuaError when rules make too many */
  create(size: number): RawPacket {
    checkLength(size);
    this.#made += longestIpPacket;
    if (this.#made > this.#memory) throw new LuaError('too many packets are made at one time');
    this.#last++;
    const packet = createPacket(this.#linkType, size, this.moment);
    return new RawPacket(packet, this.#last, false, this.#outlet, this.#nextOf);
  }

  /** Drops fragments that overlap or are malformed, as they hide what they carry. Others pass one by one. */
  #giveUp(fragments: readonly Packet[], cause: GivenUp, log: RulesLog): void {
    const isHostile = cause === 'overlap' || cause === 'malformed';
    if (isHostile) log.log('warn', 'ipv4', `fragments dropped: ${cause}`);
    for (const fragment of fragments) {
      const raw = this.wrap(fragment);
      if (isHostile) raw.drop();
      this.#givenUp.push(raw);
    }
  }

  #takeGivenUp(): RawPacket[] {
    const givenUp = this.#givenUp;
    this.#givenUp = [];
    return givenUp;
  }
}
