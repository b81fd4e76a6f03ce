import type { HostObjects } from '../../scripting/lua/host-objects.ts';
import type { LuaState } from '../../scripting/lua/state.ts';
import type { ObjectDefinition } from '../../scripting/lua/userdata-type.ts';
import type { Connections } from '../connections.ts';
import type { AddressType } from './address.ts';
import type { TrackedConnection } from './tracked-connection.ts';

const newTable = (state: LuaState): bigint =>
  state.prepare((stack) => {
    stack.pushTable();
    return state.keep();
  });

/** The type tcp_connection. */
export const connectionDefinition = (
  state: LuaState,
  objects: HostObjects,
  connections: Connections,
  addresses: AddressType,
): ObjectDefinition<TrackedConnection> => ({
  name: 'tcp_connection',
  fields: {
    srcip: { get: (stack, { source }) => addresses.push(stack, source) },
    dstip: { get: (stack, { destination }) => addresses.push(stack, destination) },
    srcport: { get: (stack, { sourcePort }) => stack.pushNumber(sourcePort) },
    dstport: { get: (stack, { destinationPort }) => stack.pushNumber(destinationPort) },
    data: {
      get: (stack, self) => {
        if (self.data === 'new table') self.data = newTable(state);
        if (self.data === undefined) stack.pushNil();
        else stack.pushKept(self.data);
      },
      set: (stack, self) => {
        const before = self.data;
        stack.pushCopy(3);
        self.data = state.keep();
        if (typeof before === 'bigint') state.release(before);
      },
    },
  },
  methods: {
    stream: (stack, { conversation }) => {
      objects.push(stack, conversation.stream(stack.boolean(2)));
      return 1;
    },
    close: (_, self) => {
      connections.close(self);
      return 0;
    },
    drop: (_, self) => {
      connections.drop(self);
      return 0;
    },
  },
  text: ({ text }) => text,
});
