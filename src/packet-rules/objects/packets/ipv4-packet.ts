import { BareLuaError } from '../../../lua/host/errors.ts';
import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { Field, Method, ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import type { IPv4 } from '../../../packets/headers/ipv4.ts';
import { dataFields, dataMethods, forgeMethod } from '../../dissectors/data-members.ts';
import { flagField, numberField } from '../number-field.ts';
import { type AddressType, addressAt, bytesOfNumber } from '../values/address.ts';
import { headerOf, IPPacket } from './ip-packet.ts';
import type { ProtocolRegistry } from './protocol-registry.ts';
import type { RawPacket } from './raw-packet.ts';

export class IPv4Packet extends IPPacket {
  override readonly dissector = 'ipv4';
  readonly header: IPv4;
  readonly #protocols: ProtocolRegistry;
  #flags: IPv4Flags | undefined;

  constructor(raw: RawPacket, protocols: ProtocolRegistry) {
    super(raw);
    this.header = headerOf(raw.packet);
    this.#protocols = protocols;
  }

  get flags(): IPv4Flags {
    this.#flags ??= new IPv4Flags(this);
    return this.#flags;
  }

  override get next(): string | undefined {
    return this.#protocols.nameFor(this.packet);
  }

  override get source(): Uint8Array {
    return bytesOfNumber(this.header.source);
  }

  override get destination(): Uint8Array {
    return bytesOfNumber(this.header.destination);
  }
}

/** The flags of an IPv4 header. */
export class IPv4Flags {
  readonly ip: IPv4Packet;

  constructor(ip: IPv4Packet) {
    this.ip = ip;
  }
}

const fragmentUnit = 8;
function numberOf(bytes: Uint8Array): number {
  return Buffer.from(bytes).readUInt32BE(0);
}

function ipv4Address(
  addresses: AddressType,
  get: (header: IPv4) => number,
  set: (header: IPv4, address: number) => void,
): Field<IPv4Packet> {
  return {
    get: (stack, { header }) => addresses.push(stack, bytesOfNumber(get(header))),
    set: (stack, { header }) => {
      const address = addressAt(stack, 3, addresses);
      if (address.length !== 4) throw new BareLuaError('this is no address of IPv4');
      set(header, numberOf(address));
    },
  };
}

/** Fields of packets of both versions. */
export function ipFields(objects: HostObjects): Record<string, Field<IPPacket>> {
  return {
    ...dataFields,
    raw: { get: (stack, { raw }) => objects.push(stack, raw) },
    payload: { get: (stack, { payload }) => objects.push(stack, payload) },
  };
}

export function ipMethods(objects: HostObjects): Record<string, Method<IPPacket>> {
  return {
    ...dataMethods,
    send: (_, self) => {
      self.raw.finish();
      self.raw.send();
      return 0;
    },
    forge: forgeMethod(objects),
  };
}

const fields: Record<string, Field<IPv4Packet>> = {
  version: numberField(
    4,
    ({ header }) => header.version,
    ({ header }, value) => {
      header.version = value;
    },
  ),
  hdr_len: numberField(
    6,
    ({ header }) => header.headerLength,
    ({ header }, value) => {
      header.headerLength = value;
    },
  ),
  tos: numberField(
    8,
    ({ header }) => header.typeOfService,
    ({ header }, value) => {
      header.typeOfService = value;
    },
  ),
  len: numberField(
    16,
    ({ header }) => header.totalLength,
    ({ header }, value) => {
      header.totalLength = value;
    },
  ),
  id: numberField(
    16,
    ({ header }) => header.identification,
    ({ header }, value) => {
      header.identification = value;
    },
  ),
  frag_offset: numberField(
    16,
    ({ header }) => header.fragmentOffset,
    ({ header }, value) => {
      header.fragmentOffset = value - (value % fragmentUnit);
    },
  ),
  ttl: numberField(
    8,
    ({ header }) => header.timeToLive,
    ({ header }, value) => {
      header.timeToLive = value;
    },
  ),
  proto: numberField(
    8,
    ({ header }) => header.protocol,
    ({ header }, value) => {
      header.protocol = value;
    },
  ),
  checksum: numberField(
    16,
    ({ header }) => header.checksum,
    ({ header }, value) => {
      header.checksum = value;
    },
  ),
};

export function ipv4PacketDefinition(
  objects: HostObjects,
  addresses: AddressType,
): ObjectDefinition<IPv4Packet> {
  return {
    name: 'ipv4',
    fields: {
      ...ipFields(objects),
      ...fields,
      flags: { get: (stack, { flags }) => objects.push(stack, flags) },
      src: ipv4Address(
        addresses,
        ({ source }) => source,
        (header, address) => {
          header.source = address;
        },
      ),
      dst: ipv4Address(
        addresses,
        ({ destination }) => destination,
        (header, address) => {
          header.destination = address;
        },
      ),
    },
    methods: {
      ...ipMethods(objects),
      verify_checksum: (stack, { header }) => {
        stack.pushBoolean(header.verifyChecksum());
        return 1;
      },
      compute_checksum: (_, { header }) => {
        header.computeChecksum();
        return 0;
      },
    },
  };
}

function flag(mask: number): Field<IPv4Flags> {
  return flagField(
    ({ ip }) => (ip.header.flags & mask) !== 0,
    ({ ip }, on) => {
      ip.header.flags = on ? ip.header.flags | mask : ip.header.flags & ~mask;
    },
  );
}

export const ipv4FlagsDefinition: ObjectDefinition<IPv4Flags> = {
  name: 'ipv4_flags',
  fields: {
    rb: flag(4),
    df: flag(2),
    mf: flag(1),
    all: numberField(
      3,
      ({ ip }) => ip.header.flags,
      ({ ip }, value) => {
        ip.header.flags = value;
      },
    ),
  },
};
