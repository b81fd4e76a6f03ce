import { BareLuaError } from '../../../lua/host/errors.ts';
import type { ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import type { Packet } from '../../../packets/packet.ts';
import { dataFields, dataMethods } from '../../dissectors/data-members.ts';
import type { DissectorData } from '../../dissectors/dissector.ts';
import { pushTime, type TimeType } from '../values/time.ts';
import { byteOf, checkedIndex, resized } from './payload.ts';

/** Takes packets. */
export type PacketOutlet = {
  /** Makes its checksums right before it leaves. */
  finish(packet: Packet): void;
  accept(raw: RawPacket): void;
  drop(raw: RawPacket): void;
  /** Takes a packet that a rule has made, to run rules on it as on a captured one. */
  send(raw: RawPacket): void;
};

/** What has become of a packet. One that a rule has sent is `waiting` for its turn. */
export type Fate = 'open' | 'waiting' | 'accepted' | 'dropped';

/** A captured packet, or one that a rule has made. */
export class RawPacket implements DissectorData {
  readonly dissector = 'raw';
  readonly isSilent = false;
  readonly packet: Packet;
  readonly id: number;
  readonly isCaptured: boolean;
  fate: Fate = 'open';
  readonly #outlet: PacketOutlet;
  readonly #nextOf: (packet: Packet) => string | undefined;
  #isForged = false;

  constructor(
    packet: Packet,
    id: number,
    isCaptured: boolean,
    outlet: PacketOutlet,
    nextOf: (packet: Packet) => string | undefined,
  ) {
    this.packet = packet;
    this.id = id;
    this.isCaptured = isCaptured;
    this.#outlet = outlet;
    this.#nextOf = nextOf;
  }

  get next(): string | undefined {
    return this.#nextOf(this.packet);
  }

  /** The bytes from the IP header on, or the whole frame without one. */
  get bytes(): Uint8Array {
    return this.packet.bytes.subarray(this.start);
  }

  get start(): number {
    return Math.max(0, this.packet.network);
  }

  isValid(): boolean {
    return this.fate !== 'dropped';
  }

  finish(): void {
    this.#outlet.finish(this.packet);
  }

  drop(): void {
    if (this.fate === 'accepted') return;
    this.fate = 'dropped';
  }

  accept(): void {
    if (this.fate !== 'open') return;
    this.fate = 'accepted';
    this.#outlet.accept(this);
  }

  /** @throws LuaError for one that was captured. */
  send(): void {
    if (this.isCaptured) throw new BareLuaError('operation not supported (packet captured)');
    if (this.fate !== 'open') throw new BareLuaError('this packet was sent or dropped already');
    this.fate = 'waiting';
    this.#outlet.send(this);
  }

  forge(): undefined {
    if (this.#isForged) return;
    this.#isForged = true;
    if (this.fate === 'dropped') this.#outlet.drop(this);
    else this.accept();
  }
}

export function rawPacketDefinition(times: TimeType): ObjectDefinition<RawPacket> {
  return {
    name: 'packet',
    fields: {
      ...dataFields,
      length: { get: (stack, { bytes }) => stack.pushNumber(bytes.length) },
      timestamp: { get: (stack, { packet }) => pushTime(stack, times, packet.seconds, packet.nanoseconds) },
    },
    length: ({ bytes }) => bytes.length,
    element: (stack, { bytes }, index) => stack.pushNumber(bytes[checkedIndex(index, bytes.length)] ?? 0),
    setElement: (stack, { bytes, packet }, index) => {
      bytes[checkedIndex(index, bytes.length)] = byteOf(stack);
      packet.changed();
      packet.locate();
    },
    methods: {
      ...dataMethods,
      accept: (_, self) => {
        self.accept();
        return 0;
      },
      send: (_, self) => {
        self.send();
        return 0;
      },
      resize: (stack, self) => {
        const { packet, start } = self;
        const changed = resized(self.bytes, stack.integer(2));
        packet.replaceTail(start, changed);
        return 0;
      },
    },
  };
}
