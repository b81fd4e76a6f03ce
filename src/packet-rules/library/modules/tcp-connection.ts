import { pushFunctions } from '../../../lua/values/function-table.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import { dataHook, endHook } from '../../objects/connections/tcp-flow.ts';
import type { RuleContext } from '../../rules/rule-context.ts';
import { packetEvents, pushEvents } from '../events.ts';
import { registerTcp } from './tcp.ts';

/** The module protocol/tcp-connection. */
export function pushTcpConnection(stack: LuaStack, context: RuleContext): void {
  registerTcp(context);
  const table = pushFunctions(stack, {});
  pushEvents(stack, context.types.events, {
    ...packetEvents('tcp-connection'),
    new_connection: 'tcp-connection-new',
    receive_data: dataHook,
    end_connection: endHook,
  });
  stack.setField(table, 'events');
}
