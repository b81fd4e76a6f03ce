/** The worker's end of the message channel to the main thread. */
export interface Port<Sent, Received> {
  post(message: Sent): void;
  receive(handler: (message: Received) => void): void;
}
