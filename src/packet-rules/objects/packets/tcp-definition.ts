import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { Field, Method, ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import type { Tcp } from '../../../packets/headers/tcp.ts';
import { dataFields, dataMethods, forgeMethod } from '../../dissectors/data-members.ts';
import { flagField, numberField } from '../number-field.ts';
import { type TcpFlags, type TcpPacket, tcpFlags } from './tcp-packet.ts';

function headerField(
  bits: number,
  get: (header: Tcp) => number,
  set: (header: Tcp, value: number) => void,
): Field<TcpPacket> {
  return numberField(
    bits,
    ({ header }) => get(header),
    ({ header }, value) => set(header, value),
  );
}

const fields: Record<string, Field<TcpPacket>> = {
  srcport: headerField(
    16,
    (header) => header.sourcePort,
    (header, value) => {
      header.sourcePort = value;
    },
  ),
  dstport: headerField(
    16,
    (header) => header.destinationPort,
    (header, value) => {
      header.destinationPort = value;
    },
  ),
  seq: headerField(
    32,
    (header) => header.sequence,
    (header, value) => {
      header.sequence = value;
    },
  ),
  ack_seq: headerField(
    32,
    (header) => header.acknowledgement,
    (header, value) => {
      header.acknowledgement = value;
    },
  ),
  res: headerField(
    4,
    (header) => header.reserved,
    (header, value) => {
      header.reserved = value;
    },
  ),
  hdr_len: headerField(
    6,
    (header) => header.headerLength,
    (header, value) => {
      header.headerLength = value;
    },
  ),
  window_size: headerField(
    16,
    (header) => header.window,
    (header, value) => {
      header.window = value;
    },
  ),
  checksum: headerField(
    16,
    (header) => header.checksum,
    (header, value) => {
      header.checksum = value;
    },
  ),
  urgent_pointer: headerField(
    16,
    (header) => header.urgentPointer,
    (header, value) => {
      header.urgentPointer = value;
    },
  ),
};

/** @param more methods that need the connections */
export function tcpPacketDefinition(
  objects: HostObjects,
  more: Record<string, Method<TcpPacket>>,
): ObjectDefinition<TcpPacket> {
  return {
    name: 'tcp',
    fields: {
      ...fields,
      ...dataFields,
      ip: { get: (stack, { ip }) => objects.push(stack, ip) },
      flags: { get: (stack, { flags }) => objects.push(stack, flags) },
      payload: { get: (stack, { payload }) => objects.push(stack, payload) },
    },
    methods: {
      verify_checksum: (stack, { header }) => {
        // Undefined where the capture is truncated.
        stack.pushBoolean(header.verifyChecksum() === true);
        return 1;
      },
      compute_checksum: (_, { header }) => {
        header.computeChecksum();
        return 0;
      },
      ...dataMethods,
      send: (_, self) => {
        self.ip.raw.finish();
        self.ip.raw.send();
        return 0;
      },
      forge: forgeMethod(objects),
      ...more,
    },
  };
}

function flag(mask: number): Field<TcpFlags> {
  return flagField(
    ({ tcp }) => tcp.header.has(mask),
    ({ tcp }, on) => tcp.header.setFlag(mask, on),
  );
}

export const tcpFlagsDefinition: ObjectDefinition<TcpFlags> = {
  name: 'tcp_flags',
  fields: {
    ...Object.fromEntries(Object.entries(tcpFlags).map(([name, mask]) => [name, flag(mask)])),
    all: numberField(
      8,
      ({ tcp }) => tcp.header.flags,
      ({ tcp }, value) => {
        tcp.header.flags = value;
      },
    ),
  },
};
