import { pushFunctions } from '../../../lua/values/function-table.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { RuleContext } from '../../rules/rule-context.ts';
import { packetEvents, pushEvents } from '../events.ts';

/** The module protocol/raw. */
export function pushRaw(stack: LuaStack, { packets, objects, types }: RuleContext): void {
  const table = pushFunctions(stack, {
    create: (running) => {
      objects.push(running, packets.create(running.integerOr(1, 0)));
      return 1;
    },
  });
  pushEvents(stack, types.events, packetEvents('raw'));
  stack.setField(table, 'events');
}
