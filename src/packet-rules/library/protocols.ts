import { BareCommandError, CommandError } from '../../lua/host/errors.ts';
import { pushFunctions } from '../../lua/values/function-table.ts';
import type { LuaStack } from '../../lua/values/stack.ts';
import { makeIPv4, makeTcp } from '../../packets/headers/create.ts';
import { TCP } from '../../packets/headers/layers.ts';
import { overIP, overRaw } from '../dissectors/packet-dissectors.ts';
import { TcpConnectionDissector } from '../dissectors/tcp-connection.ts';
import type { IPPacket } from '../objects/packets/ip-packet.ts';
import { IPv4Packet } from '../objects/packets/ipv4-packet.ts';
import { IPv6Packet } from '../objects/packets/ipv6-packet.ts';
import { RawPacket } from '../objects/packets/raw-packet.ts';
import type { TcpPacket } from '../objects/packets/tcp-packet.ts';
import { checkWritable } from '../objects/packets/write-protection.ts';
import { addressCommand, addressText } from '../objects/values/address.ts';
import { networkCommand } from '../objects/values/network.ts';
import type { RuleContext } from '../rules/rule-context.ts';
import { pushEvents } from './events.ts';
import type { Modules } from './require.ts';

function bothWays(name: string): Readonly<Record<string, string>> {
  return {
    receive_packet: `${name}-up`,
    send_packet: `${name}-down`,
  };
}

function pushRaw(stack: LuaStack, { capture, objects, events }: RuleContext): void {
  const table = pushFunctions(stack, {
    create: (running) => {
      objects.push(running, capture.create(running.integerOr(1, 0)));
      return 1;
    },
  });
  pushEvents(stack, events, bothWays('raw'));
  stack.setField(table, 'events');
}

function registerProtocol({ protocols }: RuleContext) {
  return (stack: LuaStack): number => {
    const [number, name] = [stack.integer(1), stack.text(2)];
    if (!protocols.register(number, name)) {
      throw new BareCommandError(`IP protocol ${number} has another dissector already`);
    }
    return 0;
  };
}

function registerIPv4({ engine, protocols }: RuleContext): void {
  engine.register(overRaw('ipv4', (raw) => (isBroken(raw) ? undefined : new IPv4Packet(raw, protocols))));
}

/** A header that is broken is not dissected: the packet passes. One of TCP is for the dissector of TCP. */
function isBroken({ packet: { problem } }: RawPacket): boolean {
  return problem !== undefined && !problem.startsWith('TCP');
}

function pushIPv4(stack: LuaStack, host: RuleContext): void {
  const { addresses, networks, log, objects, protocols, events } = host;
  registerIPv4(host);
  const table = pushFunctions(stack, {
    addr: addressCommand(addresses),
    network: networkCommand(networks, addresses, log),
    register_proto: registerProtocol(host),
    create: (running) => {
      const raw = objects.at(running, 1, RawPacket);
      checkWritable(raw.packet, host.isPassThrough);
      if (!makeIPv4(raw.packet)) throw new CommandError('this packet can carry no IPv4');
      objects.push(running, new IPv4Packet(raw, protocols));
      return 1;
    },
  });
  pushEvents(stack, events, bothWays('ipv4'));
  stack.setField(table, 'events');
}

function pushIPv6(stack: LuaStack, host: RuleContext): void {
  const { engine, addresses, networks, log, protocols, events } = host;
  engine.register(overRaw('ipv6', (raw) => (isBroken(raw) ? undefined : new IPv6Packet(raw, protocols))));
  const table = pushFunctions(stack, {
    addr: addressCommand(addresses),
    network: networkCommand(networks, addresses, log),
    register_proto: registerProtocol(host),
  });
  pushEvents(stack, events, bothWays('ipv6'));
  stack.setField(table, 'events');
}

function tcpOver({ alerts, newTcp }: RuleContext, ip: IPPacket): TcpPacket | undefined {
  if (ip.packet.tcp !== undefined) return newTcp(ip);
  alerts.raise({
    severity: 'low',
    description: 'invalid tcp packet, size is too small',
    sources: [{ kind: 'address', values: [addressText(ip.source)] }],
    targets: [{ kind: 'address', values: [addressText(ip.destination)] }],
  });
  ip.drop();
  return undefined;
}

function registerTcp(host: RuleContext): void {
  const { engine, protocols, connections, alerts, packetOf } = host;
  registerIPv4(host);
  engine.register(overIP('tcp', (ip) => tcpOver(host, ip)));
  protocols.register(TCP, 'tcp');
  engine.register(new TcpConnectionDissector(connections, engine, (alert) => alerts.raise(alert), packetOf));
}

function pushTcp(stack: LuaStack, host: RuleContext): void {
  const { objects, newTcp, connections, events } = host;
  registerTcp(host);
  const table = pushFunctions(stack, {
    create: (running) => {
      const ip = objects.is(running, 1, IPv6Packet)
        ? objects.at(running, 1, IPv6Packet)
        : objects.at(running, 1, IPv4Packet);
      checkWritable(ip.packet, host.isPassThrough);
      if (makeTcp(ip.packet) === undefined) throw new CommandError('this packet can carry no TCP');
      objects.push(running, newTcp(ip));
      return 1;
    },
    tcp_stream: (running) => {
      objects.push(running, connections.newStream());
      return 1;
    },
  });
  pushEvents(stack, events, bothWays('tcp'));
  stack.setField(table, 'events');
}

function pushTcpConnection(stack: LuaStack, host: RuleContext): void {
  registerTcp(host);
  const table = pushFunctions(stack, {});
  pushEvents(stack, host.events, {
    ...bothWays('tcp-connection'),
    new_connection: 'tcp-connection-new',
  });
  stack.setField(table, 'events');
}

const colours = { black: 30, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36, white: 37 };
const styles = { clear: 0, reset: 0, bright: 1, bold: 1, dim: 2, underscore: 4, blink: 5, reverse: 7 };

/** Escape sequences of terminals by name. */
function pushColour(stack: LuaStack): void {
  stack.pushTable();
  const table = stack.count;
  for (const [name, code] of Object.entries({ ...styles, ...colours })) {
    stack.pushText(`\x1b[${code}m`);
    stack.setField(table, name);
  }
}

/** What rules may require beside files of their own. */
export function protocolModules(host: RuleContext): Modules {
  return {
    color: pushColour,
    'protocol/raw': (stack) => pushRaw(stack, host),
    'protocol/ipv4': (stack) => pushIPv4(stack, host),
    'protocol/ipv6': (stack) => pushIPv6(stack, host),
    'protocol/tcp': (stack) => pushTcp(stack, host),
    'protocol/tcp-connection': (stack) => pushTcpConnection(stack, host),
    'protocol/tcp_connection': (stack) => pushTcpConnection(stack, host),
  };
}
