import { BareLuaError } from '../../../lua/host/errors.ts';
import { pushFunctions } from '../../../lua/values/function-table.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import { makeTcp } from '../../../packets/headers/create.ts';
import { TCP } from '../../../packets/headers/layers.ts';
import { overIP } from '../../dissectors/packet-dissectors.ts';
import { TcpConnectionDissector } from '../../dissectors/tcp-connection.ts';
import type { IPPacket } from '../../objects/packets/ip-packet.ts';
import { IPv4Packet } from '../../objects/packets/ipv4-packet.ts';
import { IPv6Packet } from '../../objects/packets/ipv6-packet.ts';
import type { TcpPacket } from '../../objects/packets/tcp-packet.ts';
import { checkWritable } from '../../objects/packets/write-protection.ts';
import { addressText } from '../../objects/values/address.ts';
import type { RuleContext } from '../../rules/rule-context.ts';
import { packetEvents, pushEvents } from '../events.ts';
import { setInitialFields } from '../initial-fields.ts';
import { registerIPv4 } from './ipv4.ts';

function tcpOver({ alerts, packetObjects }: RuleContext, ip: IPPacket): TcpPacket | undefined {
  if (ip.packet.tcp !== undefined) return packetObjects.newTcp(ip);
  alerts.raise({
    severity: 'low',
    description: 'invalid tcp packet, size is too small',
    sources: [{ kind: 'address', values: [addressText(ip.source)] }],
    targets: [{ kind: 'address', values: [addressText(ip.destination)] }],
  });
  ip.drop();
  return undefined;
}

export function registerTcp(context: RuleContext): void {
  const { engine, protocols, connections, alerts, packetObjects, ports, buffers } = context;
  registerIPv4(context);
  engine.register(overIP('tcp', (ip) => tcpOver(context, ip)));
  protocols.register(TCP, 'tcp');
  engine.register(
    new TcpConnectionDissector(
      connections,
      engine,
      (alert) => alerts.raise(alert),
      packetObjects.packetOf,
      ports,
      buffers,
    ),
  );
}

/** The module protocol/tcp. */
export function pushTcp(stack: LuaStack, context: RuleContext): void {
  const { objects, packetObjects, connections, types } = context;
  registerTcp(context);
  const table = pushFunctions(stack, {
    create: (running) => {
      const ip = objects.is(running, 1, IPv6Packet)
        ? objects.at(running, 1, IPv6Packet)
        : objects.at(running, 1, IPv4Packet);
      checkWritable(ip.packet, context.isPassThrough);
      if (makeTcp(ip.packet) === undefined) throw new BareLuaError('this packet can carry no TCP');
      objects.push(running, packetObjects.newTcp(ip));
      setInitialFields(running, 2);
      return 1;
    },
    tcp_stream: (running) => {
      objects.push(running, connections.newStream());
      return 1;
    },
  });
  pushEvents(stack, types.events, packetEvents('tcp'));
  stack.setField(table, 'events');
}
