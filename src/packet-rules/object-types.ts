import { Mark } from '../packets/streams/cursor.ts';
import { TcpStream } from '../packets/streams/tcp-stream.ts';
import type { HostObjects, ValueType } from '../scripting/lua/host-objects.ts';
import type { LuaStack } from '../scripting/lua/stack.ts';
import type { DissectorData } from './dissector.ts';
import { connectionMethods } from './library/connection-methods.ts';
import { defineAddress } from './objects/address.ts';
import { defineBuffer } from './objects/buffer.ts';
import { connectionDefinition } from './objects/connection-object.ts';
import { IPPayload } from './objects/ip-packet.ts';
import { IPv4Flags, IPv4Packet, ipv4FlagsDefinition, ipv4PacketDefinition } from './objects/ipv4-packet.ts';
import { IPv6Packet, ipv6PacketDefinition } from './objects/ipv6-packet.ts';
import { defineNetwork } from './objects/network.ts';
import { payloadDefinition } from './objects/payload.ts';
import { RawPacket, rawPacketDefinition } from './objects/raw-packet.ts';
import { markDefinition, type StreamMarks, streamDefinition } from './objects/stream-object.ts';
import { tcpFlagsDefinition, tcpPacketDefinition } from './objects/tcp-fields.ts';
import { TcpFlow, tcpFlowDefinition } from './objects/tcp-flow.ts';
import { TcpFlags, TcpPacket, TcpPayload } from './objects/tcp-packet.ts';
import { defineTime } from './objects/time.ts';
import { TrackedConnection } from './objects/tracked-connection.ts';
import type { RulesHost } from './rules-host.ts';

/** Values that Lua itself keeps. */
export const defineValues = (
  objects: HostObjects,
): { readonly addresses: ValueType; readonly networks: ValueType; readonly buffers: ValueType } => {
  const addresses = defineAddress(objects);
  return { addresses, networks: defineNetwork(objects, addresses), buffers: defineBuffer(objects) };
};

/** Objects that Lua has for as long as their packet or connection is there. */
export const defineObjects = (host: RulesHost, marks: StreamMarks): void => {
  const { objects, addresses, buffers, state, connections, packetOf } = host;
  objects.defineOfCall(RawPacket, rawPacketDefinition(defineTime(objects)));
  objects.defineOfCall(IPv4Packet, ipv4PacketDefinition(objects, addresses));
  objects.defineOfCall(IPv4Flags, ipv4FlagsDefinition);
  objects.defineOfCall(IPv6Packet, ipv6PacketDefinition(objects, addresses));
  objects.defineOfCall(IPPayload, payloadDefinition('ip_payload'));
  objects.defineOfCall(TcpPacket, tcpPacketDefinition(objects, connectionMethods(objects, connections)));
  objects.defineOfCall(TcpFlags, tcpFlagsDefinition);
  objects.defineOfCall(TcpPayload, payloadDefinition('tcp_payload'));
  objects.defineOfCall(TcpFlow, tcpFlowDefinition(objects));
  objects.defineLasting(TrackedConnection, connectionDefinition(state, objects, connections, addresses));
  objects.defineLasting(TcpStream, streamDefinition(objects, buffers, marks, packetOf));
  objects.defineLasting(Mark, markDefinition);
};

const DATA = [RawPacket, IPv4Packet, IPv6Packet, TcpPacket, TcpFlow] as const;

/** The data of a dissector that the object at `index` is; anything else is an argument error. */
export const dataAt = (stack: LuaStack, index: number, objects: HostObjects): DissectorData => {
  const Kind = DATA.find((kind) => objects.is(stack, index, kind)) ?? RawPacket;
  return objects.at<DissectorData & object>(stack, index, Kind);
};
