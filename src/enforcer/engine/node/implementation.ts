import { DuplicatedSocket } from '../../sockets/listening-socket.ts';
import type { EngineImplementation } from '../engine.ts';

/** The portable one, on node:net. */
export const nodeImplementation: EngineImplementation = {
  fault: () => null,
  queuesEach: 1,
  bind: (address, port) => DuplicatedSocket.open(address, port),
  adopt: (given) => DuplicatedSocket.adopt(given),
  start: async (own) => {
    const { NodeEngine } = await import('./engine.ts');
    return new NodeEngine(own);
  },
  // Node closes with a thread what that had open.
  closeLeft: () => undefined,
};
