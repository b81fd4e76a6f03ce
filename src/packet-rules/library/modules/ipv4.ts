import { BareLuaError } from '../../../lua/host/errors.ts';
import { pushFunctions } from '../../../lua/values/function-table.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import { makeIPv4 } from '../../../packets/headers/create.ts';
import { hasBrokenHeader, overRaw } from '../../dissectors/packet-dissectors.ts';
import { IPv4Packet } from '../../objects/packets/ipv4-packet.ts';
import { RawPacket } from '../../objects/packets/raw-packet.ts';
import { checkWritable } from '../../objects/packets/write-protection.ts';
import { addressFunction } from '../../objects/values/address.ts';
import { networkFunction } from '../../objects/values/network.ts';
import type { RuleContext } from '../../rules/rule-context.ts';
import { packetEvents, pushEvents } from '../events.ts';
import { setInitialFields } from '../initial-fields.ts';
import { registerProtocol } from './register-protocol.ts';

export function registerIPv4({ engine, protocols }: RuleContext): void {
  engine.register(
    overRaw('ipv4', (raw) => (hasBrokenHeader(raw) ? undefined : new IPv4Packet(raw, protocols))),
  );
}

/** The module protocol/ipv4. */
export function pushIPv4(stack: LuaStack, context: RuleContext): void {
  const { log, objects, protocols } = context;
  const { addresses, networks, events } = context.types;
  registerIPv4(context);
  const table = pushFunctions(stack, {
    addr: addressFunction(addresses),
    network: networkFunction(networks, addresses, log),
    register_proto: registerProtocol(context),
    create: (running) => {
      const raw = objects.at(running, 1, RawPacket);
      checkWritable(raw.packet, context.isPassThrough);
      if (!makeIPv4(raw.packet)) throw new BareLuaError('this packet can carry no IPv4');
      objects.push(running, new IPv4Packet(raw, protocols));
      setInitialFields(running, 2);
      return 1;
    },
  });
  pushEvents(stack, events, packetEvents('ipv4'));
  stack.setField(table, 'events');
}
