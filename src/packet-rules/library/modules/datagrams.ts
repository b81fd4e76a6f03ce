import type { LuaStack } from '../../../lua/values/stack.ts';
import { readDns } from '../../../packets/dns-message.ts';
import { overIP } from '../../dissectors/packet-dissectors.ts';
import { IcmpPacket, UdpPacket } from '../../objects/packets/datagram.ts';
import { DnsPacket } from '../../objects/packets/dns-packet.ts';
import type { RuleContext } from '../../rules/rule-context.ts';
import { packetEvents, pushEvents } from '../events.ts';
import { registerIPv4 } from './ipv4.ts';

const UDP = 17;
const ICMP = 1;
const udpHeader = 8;
const icmpHeader = 4;
const dnsPort = 53;

function pushModule(stack: LuaStack, context: RuleContext, events: Readonly<Record<string, string>>): void {
  stack.pushTable();
  const table = stack.count;
  pushEvents(stack, context.types.events, events);
  stack.setField(table, 'events');
}

function registerUdp(context: RuleContext): void {
  const { engine, protocols } = context;
  registerIPv4(context);
  engine.register(
    overIP('udp', (ip) => {
      const { transport, end } = ip.packet;
      if (transport < 0 || end - transport < udpHeader) return undefined;
      const udp = new UdpPacket(ip, udpHeader);
      const isDns = engine.has('dns') && [udp.field(0), udp.field(2)].includes(dnsPort);
      return isDns ? new UdpPacket(ip, udpHeader, 'dns') : udp;
    }),
  );
  protocols.register(UDP, 'udp');
}

/** The module protocol/udp: packets to read and to drop. */
export function pushUdp(stack: LuaStack, context: RuleContext): void {
  registerUdp(context);
  pushModule(stack, context, packetEvents('udp'));
}

/** The module protocol/icmp. */
export function pushIcmp(stack: LuaStack, context: RuleContext): void {
  const { engine, protocols } = context;
  registerIPv4(context);
  engine.register(
    overIP('icmp', (ip) => {
      const { transport, end } = ip.packet;
      return transport < 0 || end - transport < icmpHeader ? undefined : new IcmpPacket(ip, icmpHeader);
    }),
  );
  protocols.register(ICMP, 'icmp');
  pushModule(stack, context, packetEvents('icmp'));
}

/** The module protocol/dns: messages over UDP, of port 53. */
export function pushDns(stack: LuaStack, context: RuleContext): void {
  const { engine } = context;
  registerUdp(context);
  engine.register({
    name: 'dns',
    hooks: ['dns-query', 'dns-response'],
    dissect: (below) => {
      const message = below instanceof UdpPacket ? readDns(below.payload.bytes) : undefined;
      if (message === undefined || !(below instanceof UdpPacket)) return undefined;
      const dns = new DnsPacket(below, message);
      engine.runHook(message.header.qr === 1 ? 'dns-response' : 'dns-query', dns);
      return dns;
    },
  });
  pushModule(stack, context, { ...packetEvents('dns'), query: 'dns-query', response: 'dns-response' });
}
