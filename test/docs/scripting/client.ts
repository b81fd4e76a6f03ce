import { connect } from 'node:net';

export const REQUEST = 'GET / HTTP/1.1\r\n\r\n';
export const ANSWER = 'HTTP/1.1 200 OK\r\nServer: web\r\n\r\n';
/** Milliseconds without a byte: a bound on an example that hangs. */
const PATIENCE = 5000;

/** The client of an example, behind a proxy that announces it. */
export class ExampleClient {
  /** It has the whole answer, or its end. */
  readonly served: Promise<void>;
  readonly closed: Promise<void>;
  private readonly socket;
  private received = '';
  /** What the other side did. */
  private ending: '' | 'closed' | 'reset' | 'nothing more came' = '';
  private isLeaving = false;

  constructor(port: number, number: number, isSilent: boolean) {
    this.socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const { socket } = this;
    socket.setEncoding('latin1');
    socket.write(`PROXY TCP4 192.0.2.7 198.51.100.10 ${21_006 + number} 8080\r\n${isSilent ? '' : REQUEST}`);
    const served = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    [this.served, this.closed] = [served.promise, closed.promise];
    socket.on('data', (text: string) => {
      this.received += text;
      if (this.received.includes('\r\n\r\n')) served.resolve();
    });
    socket.on('end', () => {
      if (!this.isLeaving) this.ending = 'closed';
      socket.end();
    });
    socket.setTimeout(PATIENCE, () => {
      this.ending = 'nothing more came';
      socket.destroy();
    });
    socket.on('error', () => {
      this.ending = 'reset';
    });
    socket.on('close', () => {
      served.resolve();
      closed.resolve();
    });
  }

  leave(): void {
    this.isLeaving = true;
    this.socket.end();
  }

  /** What was not as usual; '' when all was. */
  get fate(): string {
    const heard = this.received === ANSWER && this.ending === '' ? '' : this.received;
    const parts = [heard === '' ? '' : `received ${quoted(heard)}`, this.ending];
    return parts.filter((part) => part !== '').join(', ');
  }
}

/** As JSON has it: on one line. */
export const quoted = (text: string): string => JSON.stringify(text);
