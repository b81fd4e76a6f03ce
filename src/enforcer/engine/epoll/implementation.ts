import { QueuedSocket, queuesEach } from '../../sockets/queued-socket.ts';
import { closeDescriptor } from '../../sockets/system-calls.ts';
import type { EngineImplementation } from '../engine.ts';
import { takeOwnedDescriptors } from '../owned-descriptors.ts';
import { type Calls, loadCalls } from './calls.ts';

let loaded: Calls | Error | null = null;

/** The calls of Linux, or why there are none. */
function callsHere(): Calls | Error {
  loaded ??= tryToLoad();
  return loaded;
}

function tryToLoad(): Calls | Error {
  if (process.platform !== 'linux') return new Error('epoll is in Linux only');
  try {
    const found = loadCalls();
    if (found.nodeDescriptor() >= 0) return found;
    return new Error('the event loop of Node has no descriptor');
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}

/** The one on epoll(7), in Linux. */
export const epollImplementation: EngineImplementation = epollOver(callsHere);

/** Likewise, over calls that are fetched when it starts. */
export function epollOver(callsOf: () => Calls | Error): EngineImplementation {
  return {
    fault: () => {
      const calls = callsOf();
      return calls instanceof Error ? calls.message : null;
    },
    queuesEach,
    bind: (address, port, queued) => QueuedSocket.open(address, port, queued),
    adopt: (given) => QueuedSocket.adopt(given),
    start: async (own, descriptors) => {
      const calls = callsOf();
      if (calls instanceof Error) throw calls;
      const { EpollEngine } = await import('./engine.ts');
      return new EpollEngine(calls, own, descriptors);
    },
    closeLeft: (descriptors) => {
      for (const descriptor of takeOwnedDescriptors(descriptors)) closeDescriptor(descriptor);
    },
  };
}
