import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';

/** The worker's end of the message channel to the main thread. */
export interface Port<Sent, Received> {
  post(message: Sent): void;
  receive(handler: (message: Received) => void): void;
  /** Hands over what has come and waits for its turn. */
  readonly receiveWaiting: () => void;
}

/** The one of a worker thread. */
export function portOver<Sent, Received>(port: MessagePort): Port<Sent, Received> {
  let handle: (message: Received) => void = () => undefined;
  let isHeard = false;
  return {
    post: (message) => port.postMessage(message),
    receive: (handler) => {
      handle = handler;
      isHeard = true;
      port.on('message', handler);
    },
    receiveWaiting: () => {
      while (isHeard) {
        const waiting = receiveMessageOnPort(port);
        if (waiting === undefined) return;
        handle(waiting.message);
      }
    },
  };
}
