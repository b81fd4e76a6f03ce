import { type Calls, NONBLOCKING, SOCK_STREAM } from '../../src/enforcer/engine/epoll/calls.ts';
import { nameOf } from '../../src/enforcer/engine/epoll/memory.ts';
import { AF_INET, resetOnClose, SO_OOBINLINE, SOL_SOCKET } from '../../src/enforcer/sockets/system-calls.ts';
import { AcceptQueue, RingLoop } from './loop.ts';
import { RingStream } from './stream.ts';

/** Relays what comes to one listening socket to a port of loopback, and resets what comes to another, on io_uring. */
export function relayOnRing(
  calls: Calls,
  relayed: readonly number[],
  refused: readonly number[],
  backend: Uint32Array,
  port: number,
): void {
  const loop = new RingLoop(calls);
  const { memory, ring } = loop;
  const name = nameOf(backend, port);
  const at = ring.keepName(name);
  const accepting = (descriptors: readonly number[], accepted: (descriptor: number) => void): void => {
    for (const descriptor of descriptors) {
      resetOnClose(descriptor, true);
      new AcceptQueue(loop, descriptor, accepted).begin();
    }
  };
  accepting(relayed, (client) => {
    const member = calls.socket(AF_INET, SOCK_STREAM | NONBLOCKING, 0);
    memory.setValue(1);
    calls.setOption(member, SOL_SOCKET, SO_OOBINLINE, memory.valueAt, 4);
    RingStream.relay(loop, client, member, at, name.byteLength);
  });
  accepting(refused, (client) => {
    calls.close(client);
  });
}
