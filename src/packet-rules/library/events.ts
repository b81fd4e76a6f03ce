import { BareLuaError } from '../../lua/host/errors.ts';
import { binaryString } from '../../lua/values/binary-string.ts';
import { pushFunctions } from '../../lua/values/function-table.ts';
import type { HostObjects, ValueType } from '../../lua/values/host-objects.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';

/** Events: what a later Haka has in place of the names of hooks. A value is the name of a hook. */
export type EventType = ValueType;

export function defineEvent(objects: HostObjects): EventType {
  return objects.defineValue({ name: 'event', text: (self) => binaryString(self) });
}

/** Pushes a table of events by name. */
export function pushEvents(
  stack: LuaStack,
  events: EventType,
  hooks: Readonly<Record<string, string>>,
): void {
  stack.pushTable();
  const table = stack.count;
  for (const [name, hook] of Object.entries(hooks)) {
    events.push(stack, Buffer.from(hook, 'latin1'));
    stack.setField(table, name);
  }
  // A name that is not there would be a rule without an event.
  pushFunctions(stack, { __index: unknownEvent });
  stack.instance.lua.lua_setmetatable(stack.thread, table);
}

const unknownEvent: HostFunction = (stack) => {
  throw new BareLuaError(`unknown event '${stack.printed(2) ?? stack.typeName(2)}'`);
};

/** The hook of the event at `index`; undefined when it is no event. */
export function hookOf(stack: LuaStack, index: number, events: EventType): string | undefined {
  return events.is(stack, index) ? binaryString(events.at(stack, index)) : undefined;
}

/** The hooks of a packet on its way up and down, by the names of their events. */
export function packetEvents(name: string): Readonly<Record<string, string>> {
  return {
    receive_packet: `${name}-up`,
    send_packet: `${name}-down`,
  };
}
