import type { MessagePort } from 'node:worker_threads';
import type { Port } from '../port.ts';

/** The engine's message port over a worker thread's. */
export function nodePort<Sent, Received>(port: MessagePort): Port<Sent, Received> {
  return {
    post: (message) => port.postMessage(message),
    receive: (handler) => {
      port.on('message', handler);
    },
  };
}
