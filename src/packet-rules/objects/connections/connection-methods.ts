import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { Method } from '../../../lua/values/userdata-type.ts';
import type { ConnectionTracker } from '../../traffic/connection-tracker.ts';
import type { TcpPacket } from '../packets/tcp-packet.ts';

/** Methods of a TCP packet that are about its connection. */
export function connectionMethods(
  objects: HostObjects,
  connections: ConnectionTracker,
): Record<string, Method<TcpPacket>> {
  return {
    newconnection: (stack, { packet }) => {
      objects.push(stack, connections.open(packet));
      return 1;
    },
    getconnection: (stack, { packet }) => {
      const { tracked, isFromClient, isDropped } = connections.find(packet);
      objects.pushOrNil(stack, tracked);
      if (isFromClient === undefined) stack.pushNil();
      else stack.pushBoolean(isFromClient);
      stack.pushBoolean(isDropped);
      return 3;
    },
  };
}
