import { connect } from 'node:net';

export const request = 'GET / HTTP/1.1\r\n\r\n';
export const answer = 'HTTP/1.1 200 OK\r\nServer: web\r\n\r\n';
/** Milliseconds without a byte: a bound on an example that hangs. */
const patience = 5000;

/** The client of an example, behind a proxy that announces it. */
export class ExampleClient {
  /** It has the whole answer, or its end. */
  readonly served: Promise<void>;
  readonly closed: Promise<void>;
  readonly #socket;
  #received = '';
  /** What the other side did. */
  #ending: '' | 'closed' | 'reset' | 'nothing more came' = '';
  #isLeaving = false;

  constructor(port: number, number: number, isSilent: boolean) {
    this.#socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const socket = this.#socket;
    socket.setEncoding('latin1');
    socket.write(`PROXY TCP4 192.0.2.7 198.51.100.10 ${21_006 + number} 8080\r\n${isSilent ? '' : request}`);
    const served = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    [this.served, this.closed] = [served.promise, closed.promise];
    socket.on('data', (text: string) => {
      this.#received += text;
      if (this.#received.includes('\r\n\r\n')) served.resolve();
    });
    socket.on('end', () => {
      if (!this.#isLeaving) this.#ending = 'closed';
      socket.end();
    });
    socket.setTimeout(patience, () => {
      this.#ending = 'nothing more came';
      socket.destroy();
    });
    socket.on('error', () => {
      this.#ending = 'reset';
    });
    socket.on('close', () => {
      served.resolve();
      closed.resolve();
    });
  }

  leave(): void {
    this.#isLeaving = true;
    this.#socket.end();
  }

  /** What was not as usual; '' when all was. */
  get fate(): string {
    const heard = this.#received === answer && this.#ending === '' ? '' : this.#received;
    const parts = [heard === '' ? '' : `received ${quoted(heard)}`, this.#ending];
    return parts.filter((part) => part !== '').join(', ');
  }
}

/** As JSON has it: on one line. */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
