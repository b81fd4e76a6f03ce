import { connect, type Socket } from 'node:net';

export type Outcome = 'admitted' | 'reset' | 'closed';

/** A client of a policy whose members greet: it knows whether it was relayed. */
export class Client {
  readonly socket: Socket;
  /** What the first thing was that happened to it. */
  readonly outcome: Promise<Outcome>;
  /** How it ended: the code of the error, or '' for an orderly end. */
  readonly end: Promise<string>;
  received = 0;
  error = '';
  /** Its own port, once connected. */
  port = 0;

  constructor(address: string, port: number, from?: string) {
    const socket = connect({
      host: address,
      port,
      allowHalfOpen: true,
      ...(from ? { localAddress: from } : {}),
    });
    this.socket = socket;
    socket.on('connect', () => {
      this.port = socket.localPort ?? 0;
    });
    socket.on('error', (error) => {
      this.error = 'code' in error ? String(error.code) : error.message;
    });
    this.outcome = new Promise((resolve) => {
      socket.on('data', (chunk) => {
        this.received += chunk.length;
        resolve('admitted');
      });
      socket.on('end', () => resolve('closed'));
      socket.on('close', () => resolve(this.error === 'ECONNRESET' ? 'reset' : 'closed'));
    });
    this.end = new Promise((resolve) => {
      socket.on('close', () => resolve(this.error));
      socket.on('end', () => resolve(this.error));
    });
  }

  close(): void {
    this.socket.end();
  }
}
