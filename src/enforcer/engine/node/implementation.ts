import { DuplicatedSocket } from '../../sockets/listening-socket.ts';
import type { EngineImplementation } from '../engine.ts';
import { NodeEngine } from './engine.ts';
import { nodePort } from './port.ts';

/** The portable one, on node:net. */
export const nodeImplementation: EngineImplementation = {
  bind: (address, port) => new DuplicatedSocket(address, port),
  start: (own) => new NodeEngine(own),
  port: nodePort,
};
