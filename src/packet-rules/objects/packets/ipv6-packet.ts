import { BareLuaError } from '../../../lua/host/errors.ts';
import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { Field, ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import { IPv6 } from '../../../packets/headers/ipv6.ts';
import { numberField } from '../number-field.ts';
import { type AddressType, addressAt } from '../values/address.ts';
import { IPPacket } from './ip-packet.ts';
import { ipFields, ipMethods } from './ipv4-packet.ts';
import type { ProtocolRegistry } from './protocol-registry.ts';
import type { RawPacket } from './raw-packet.ts';

const ipv6Bytes = 16;

export class IPv6Packet extends IPPacket {
  override readonly dissector = 'ipv6';
  readonly header: IPv6;
  readonly #protocols: ProtocolRegistry;

  constructor(raw: RawPacket, protocols: ProtocolRegistry) {
    super(raw);
    this.header = raw.packet.ipv6 ?? new IPv6(raw.packet);
    this.#protocols = protocols;
  }

  override get next(): string | undefined {
    return this.#protocols.nameFor(this.packet);
  }

  override get source(): Uint8Array {
    return this.header.source;
  }

  override get destination(): Uint8Array {
    return this.header.destination;
  }
}

function addressField(
  addresses: AddressType,
  get: (header: IPv6) => Uint8Array,
  set: (header: IPv6, address: Uint8Array) => void,
): Field<IPv6Packet> {
  return {
    get: (stack, { header }) => addresses.push(stack, get(header)),
    set: (stack, { header }) => {
      const address = addressAt(stack, 3, addresses);
      if (address.length !== ipv6Bytes) throw new BareLuaError('this is no address of IPv6');
      set(header, address);
    },
  };
}

/** The type ipv6 is our addition: Haka knows IPv4 only. Fields that both versions have are named alike. */
export function ipv6PacketDefinition(
  objects: HostObjects,
  addresses: AddressType,
): ObjectDefinition<IPv6Packet> {
  return {
    name: 'ipv6',
    fields: {
      ...ipFields(objects),
      version: { get: (stack, { header }) => stack.pushNumber(header.version) },
      traffic_class: numberField(
        8,
        ({ header }) => header.trafficClass,
        ({ header }, value) => {
          header.trafficClass = value;
        },
      ),
      flow_label: numberField(
        20,
        ({ header }) => header.flowLabel,
        ({ header }, value) => {
          header.flowLabel = value;
        },
      ),
      len: numberField(
        16,
        ({ header }) => header.payloadLength,
        ({ header }, value) => {
          header.payloadLength = value;
        },
      ),
      next_header: numberField(
        8,
        ({ header }) => header.nextHeader,
        ({ header }, value) => {
          header.nextHeader = value;
        },
      ),
      proto: { get: (stack, { packet }) => stack.pushNumber(packet.protocol) },
      hop_limit: numberField(
        8,
        ({ header }) => header.hopLimit,
        ({ header }, value) => {
          header.hopLimit = value;
        },
      ),
      src: addressField(
        addresses,
        ({ source }) => source,
        (header, address) => {
          header.source = address;
        },
      ),
      dst: addressField(
        addresses,
        ({ destination }) => destination,
        (header, address) => {
          header.destination = address;
        },
      ),
    },
    methods: ipMethods(objects),
  };
}
