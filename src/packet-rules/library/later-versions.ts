import { BareLuaError } from '../../lua/host/errors.ts';
import { type Functions, pushFunctions } from '../../lua/values/function-table.ts';
import type { HostFunction, LuaStack } from '../../lua/values/stack.ts';
import { type EventType, hookOf } from './events.ts';

/** The dissectors of later versions that are here, and the modules that give them. */
const dissectors = ['raw', 'ipv4', 'ipv6', 'tcp', 'tcp_connection', 'http', 'udp', 'icmp', 'dns'] as const;

function moduleOf(name: string): string {
  const known = dissectors.find((dissector) => dissector === name.replaceAll('-', '_'));
  if (known === undefined) throw new BareLuaError(`there is no dissector '${name}'`);
  return `protocol/${known}`;
}

/** Pushes what the module of a dissector gives. */
function pushModule(stack: LuaStack, name: string): void {
  stack.getGlobal('require');
  stack.pushText(moduleOf(name));
  stack.call(1, 1);
}

function absent(what: string): HostFunction {
  return () => {
    throw new BareLuaError(`${what} of later versions are not there`);
  };
}

/** Functions of later versions of Haka. */
export function laterFunctions(events: EventType): Functions {
  return {
    event: (stack) => {
      const [name, event] = [stack.text(1), stack.text(2)];
      pushModule(stack, name);
      stack.getField(stack.count, 'events');
      stack.pushText(event);
      stack.getIndexed(stack.count - 1);
      if (hookOf(stack, -1, events) === undefined) throw new BareLuaError(`unknown event '${event}'`);
      return 1;
    },
    policy: absent('policies'),
  };
}

const loadDissector: HostFunction = (stack) => {
  const name = stack.text(2);
  pushModule(stack, name);
  stack.pushCopy(2);
  stack.pushCopy(-2);
  stack.setEntry(1);
  return 1;
};

/** Pushes the table haka.dissectors, which loads what is asked for. */
export function pushDissectors(stack: LuaStack): void {
  stack.pushTable();
  const table = stack.count;
  pushFunctions(stack, { __index: loadDissector });
  stack.instance.lua.lua_setmetatable(stack.thread, table);
}

/** Tables of later versions whose functions are not there, by what they are. */
export function pushAbsentTables(stack: LuaStack, haka: number): void {
  for (const [name, what] of [
    ['grammar', 'grammars'],
    ['state_machine', 'state machines'],
  ] as const) {
    stack.pushTable();
    const table = stack.count;
    pushFunctions(stack, { __index: absent(what), __call: absent(what) });
    stack.instance.lua.lua_setmetatable(stack.thread, table);
    stack.setField(haka, name);
  }
}
