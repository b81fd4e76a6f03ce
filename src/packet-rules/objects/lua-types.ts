import type { HostObjects } from '../../lua/values/host-objects.ts';
import type { LuaStack } from '../../lua/values/stack.ts';
import type { ObjectDefinition } from '../../lua/values/userdata-type.ts';
import type { Packet } from '../../packets/packet.ts';
import { Mark } from '../../packets/streams/cursor.ts';
import { TcpStream } from '../../packets/streams/tcp-stream.ts';
import type { DissectorData } from '../dissectors/dissector.ts';
import { defineEvent } from '../library/events.ts';
import type { RuleContext } from '../rules/rule-context.ts';
import { TrackedConnection } from '../traffic/tracked-connection.ts';
import { iteratorDefinition, partDefinition, StreamIterator, StreamPart } from './buffers/iterators.ts';
import { connectionDefinition } from './connections/connection-definition.ts';
import { connectionMethods } from './connections/connection-methods.ts';
import { markDefinition, streamDefinition } from './connections/stream-definition.ts';
import { TcpFlow, tcpFlowDefinition } from './connections/tcp-flow.ts';
import { DatagramPayload, IcmpPacket, icmpDefinition, UdpPacket, udpDefinition } from './packets/datagram.ts';
import { DnsPacket, dnsDefinition } from './packets/dns-packet.ts';
import { IPPayload } from './packets/ip-packet.ts';
import { IPv4Flags, IPv4Packet, ipv4FlagsDefinition, ipv4PacketDefinition } from './packets/ipv4-packet.ts';
import { IPv6Packet, ipv6PacketDefinition } from './packets/ipv6-packet.ts';
import { payloadDefinition } from './packets/payload.ts';
import { RawPacket, rawPacketDefinition } from './packets/raw-packet.ts';
import { tcpFlagsDefinition, tcpPacketDefinition } from './packets/tcp-definition.ts';
import { TcpFlags, TcpPacket, TcpPayload } from './packets/tcp-packet.ts';
import { readOnly } from './packets/write-protection.ts';
import { defineAddress } from './values/address.ts';
import { defineBuffer } from './values/buffer.ts';
import { defineNetwork } from './values/network.ts';
import { defineTime } from './values/time.ts';
import type { ValueTypes } from './values/value-types.ts';

/** Defines the values that Lua itself keeps. */
export function defineValueTypes(objects: HostObjects): ValueTypes {
  const addresses = defineAddress(objects);
  return {
    addresses,
    networks: defineNetwork(objects, addresses),
    buffers: defineBuffer(objects),
    events: defineEvent(objects),
    times: defineTime(objects),
  };
}

/** Defines the objects that Lua has for as long as their packet or connection is there. */
export function defineObjectTypes(context: RuleContext): void {
  const { objects, state, connections, packetObjects, marks, isPassThrough } = context;
  const { addresses, buffers, times } = context.types;
  const guarded = <T>(
    definition: ObjectDefinition<T>,
    packetUnder: (self: T) => Packet,
  ): ObjectDefinition<T> => (isPassThrough ? readOnly(definition, packetUnder) : definition);
  const own = ({ packet }: { readonly packet: Packet }): Packet => packet;
  objects.defineOfCall(RawPacket, guarded(rawPacketDefinition(times), own));
  objects.defineOfCall(IPv4Packet, guarded(ipv4PacketDefinition(objects, addresses), own));
  objects.defineOfCall(
    IPv4Flags,
    guarded(ipv4FlagsDefinition, ({ ip }) => ip.packet),
  );
  objects.defineOfCall(IPv6Packet, guarded(ipv6PacketDefinition(objects, addresses), own));
  objects.defineOfCall(IPPayload, guarded(payloadDefinition('ip_payload'), own));
  objects.defineOfCall(
    TcpPacket,
    guarded(tcpPacketDefinition(objects, connectionMethods(objects, connections)), own),
  );
  objects.defineOfCall(
    TcpFlags,
    guarded(tcpFlagsDefinition, ({ tcp }) => tcp.packet),
  );
  objects.defineOfCall(TcpPayload, guarded(payloadDefinition('tcp_payload'), own));
  objects.defineOfCall(UdpPacket, udpDefinition(objects));
  objects.defineOfCall(IcmpPacket, icmpDefinition(objects));
  objects.defineOfCall(DatagramPayload, payloadDefinition('payload'));
  objects.defineOfCall(DnsPacket, dnsDefinition(objects, addresses));
  objects.defineOfCall(TcpFlow, tcpFlowDefinition(objects, addresses));
  objects.defineLasting(TrackedConnection, connectionDefinition(state, objects, connections, addresses));
  objects.defineLasting(TcpStream, streamDefinition(objects, buffers, marks, packetObjects.packetOf));
  objects.defineLasting(Mark, markDefinition);
  objects.defineLasting(StreamIterator, iteratorDefinition(context.buffers));
  objects.defineLasting(StreamPart, partDefinition(context.buffers));
}

const dataTypes = [
  ...([RawPacket, IPv4Packet, IPv6Packet, TcpPacket, TcpFlow] as const),
  ...([UdpPacket, IcmpPacket, DnsPacket] as const),
] as const;

/** The dissector data at `index`. Anything else there is an argument error. */
export function dissectorDataAt(stack: LuaStack, index: number, objects: HostObjects): DissectorData {
  const Kind = dataTypes.find((kind) => objects.is(stack, index, kind)) ?? RawPacket;
  return objects.at<DissectorData & object>(stack, index, Kind);
}
