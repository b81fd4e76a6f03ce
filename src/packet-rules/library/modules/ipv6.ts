import { pushFunctions } from '../../../lua/values/function-table.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import { hasBrokenHeader, overRaw } from '../../dissectors/packet-dissectors.ts';
import { IPv6Packet } from '../../objects/packets/ipv6-packet.ts';
import { addressFunction } from '../../objects/values/address.ts';
import { networkFunction } from '../../objects/values/network.ts';
import type { RuleContext } from '../../rules/rule-context.ts';
import { packetEvents, pushEvents } from '../events.ts';
import { registerProtocol } from './register-protocol.ts';

/** The module protocol/ipv6. */
export function pushIPv6(stack: LuaStack, context: RuleContext): void {
  const { engine, log, protocols } = context;
  const { addresses, networks, events } = context.types;
  engine.register(
    overRaw('ipv6', (raw) => (hasBrokenHeader(raw) ? undefined : new IPv6Packet(raw, protocols))),
  );
  const table = pushFunctions(stack, {
    addr: addressFunction(addresses),
    network: networkFunction(networks, addresses, log),
    register_proto: registerProtocol(context),
  });
  pushEvents(stack, events, packetEvents('ipv6'));
  stack.setField(table, 'events');
}
