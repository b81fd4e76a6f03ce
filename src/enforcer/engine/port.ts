import type { MessagePort } from 'node:worker_threads';

/** The worker's end of the message channel to the main thread. */
export interface Port<Sent, Received> {
  post(message: Sent): void;
  receive(handler: (message: Received) => void): void;
}

/** The one of a worker thread. */
export function portOver<Sent, Received>(port: MessagePort): Port<Sent, Received> {
  return {
    post: (message) => port.postMessage(message),
    receive: (handler) => {
      port.on('message', handler);
    },
  };
}
