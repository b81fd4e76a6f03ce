import type { LuaState } from '../../../lua/host/state.ts';
import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { Field, ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import type { ConnectionTracker } from '../../traffic/connection-tracker.ts';
import type { TrackedConnection } from '../../traffic/tracked-connection.ts';
import type { AddressType } from '../values/address.ts';

function newTable(state: LuaState): bigint {
  return state.prepare((stack) => {
    stack.pushTable();
    return state.keep();
  });
}

type End = 'srcip' | 'dstip' | 'srcport' | 'dstport';

/** Fields with the two ends of an object's connection. The source is the client. */
export function endFields<T>(
  addresses: AddressType,
  connectionOf: (self: T) => TrackedConnection,
): Readonly<Record<End, Field<T>>> {
  return {
    srcip: { get: (stack, self) => addresses.push(stack, connectionOf(self).source) },
    dstip: { get: (stack, self) => addresses.push(stack, connectionOf(self).destination) },
    srcport: { get: (stack, self) => stack.pushNumber(connectionOf(self).sourcePort) },
    dstport: { get: (stack, self) => stack.pushNumber(connectionOf(self).destinationPort) },
  };
}

/** The type tcp_connection. */
export function connectionDefinition(
  state: LuaState,
  objects: HostObjects,
  connections: ConnectionTracker,
  addresses: AddressType,
): ObjectDefinition<TrackedConnection> {
  return {
    name: 'tcp_connection',
    fields: {
      ...endFields<TrackedConnection>(addresses, (self) => self),
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
  };
}
