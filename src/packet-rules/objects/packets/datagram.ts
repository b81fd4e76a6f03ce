import { BareLuaError } from '../../../lua/host/errors.ts';
import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { Field, ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import { read16 } from '../../../net/big-endian.ts';
import { foldSum } from '../../../net/checksum.ts';
import { sumTransport } from '../../../packets/headers/transport-checksum.ts';
import type { Packet } from '../../../packets/packet.ts';
import { dataFields, dataMethods, forgeMethod } from '../../dissectors/data-members.ts';
import type { DissectorData } from '../../dissectors/dissector.ts';
import type { IPPacket } from './ip-packet.ts';
import { Payload } from './payload.ts';

const UDP = 17;

/** The payload of a packet that rules only read. */
export class DatagramPayload extends Payload {
  override readonly packet: Packet;
  readonly #header: number;

  constructor(packet: Packet, header: number) {
    super();
    this.packet = packet;
    this.#header = header;
  }

  override get bytes(): Uint8Array {
    const { bytes, transport, end } = this.packet;
    return bytes.subarray(Math.min(transport + this.#header, end), end);
  }

  override set(): void {
    throw new BareLuaError('this payload is read-only');
  }

  override replace(): boolean {
    throw new BareLuaError('this payload is read-only');
  }
}

/** A packet of UDP or ICMP over its IP packet, which rules read and drop. */
export abstract class Datagram implements DissectorData {
  abstract readonly dissector: string;
  readonly isSilent = false;
  readonly next: string | undefined;
  readonly ip: IPPacket;
  readonly payload: DatagramPayload;
  #isForged = false;

  constructor(ip: IPPacket, header: number, next?: string) {
    this.ip = ip;
    this.next = next;
    this.payload = new DatagramPayload(ip.packet, header);
  }

  get packet(): Packet {
    return this.ip.packet;
  }

  /** A field of 16 bits of the header. */
  field(at: number): number {
    const { bytes, transport } = this.packet;
    return read16(bytes, transport + at);
  }

  isValid(): boolean {
    return this.ip.isValid();
  }

  drop(): void {
    this.ip.drop();
  }

  forge(): DissectorData | undefined {
    if (this.#isForged) return undefined;
    this.#isForged = true;
    return this.ip;
  }
}

export class UdpPacket extends Datagram {
  override readonly dissector = 'udp';

  /** Over IPv4 a sender may do without. */
  get isChecksumRight(): boolean {
    const { packet } = this;
    if (this.field(6) === 0 && packet.version === 4) return true;
    return (
      packet.missing === 0 && foldSum(sumTransport(packet, UDP, packet.end - packet.transport)) === 0xffff
    );
  }
}

export class IcmpPacket extends Datagram {
  override readonly dissector = 'icmp';
}

function number<T extends Datagram>(at: number): Field<T> {
  return { get: (stack, self) => stack.pushNumber(self.field(at)) };
}

function definition<T extends Datagram>(
  name: string,
  objects: HostObjects,
  fields: Readonly<Record<string, Field<T>>>,
): ObjectDefinition<T> {
  return {
    name,
    fields: {
      ...dataFields,
      ...fields,
      ip: { get: (stack, { ip }) => objects.push(stack, ip) },
      payload: { get: (stack, { payload }) => objects.push(stack, payload) },
    },
    methods: { ...dataMethods, forge: forgeMethod(objects) },
  };
}

export function udpDefinition(objects: HostObjects): ObjectDefinition<UdpPacket> {
  const udp = definition<UdpPacket>('udp', objects, {
    srcport: number(0),
    dstport: number(2),
    length: number(4),
    checksum: number(6),
  });
  return {
    ...udp,
    methods: {
      ...udp.methods,
      verify_checksum: (stack, self) => {
        stack.pushBoolean(self.isChecksumRight);
        return 1;
      },
    },
  };
}

export function icmpDefinition(objects: HostObjects): ObjectDefinition<IcmpPacket> {
  return definition<IcmpPacket>('icmp', objects, {
    type: { get: (stack, self) => stack.pushNumber(self.field(0) >>> 8) },
    code: { get: (stack, self) => stack.pushNumber(self.field(0) & 255) },
    checksum: number(2),
  });
}
