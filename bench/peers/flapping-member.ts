import { createServer, type Server, type Socket } from 'node:net';

/** A server that gives back what it gets, and is there only half of the time. */
export class FlappingMember {
  readonly #port: number;
  readonly #sockets = new Set<Socket>();
  readonly #timer: NodeJS.Timeout;
  #server: Server | undefined;

  /** `interval`: milliseconds that it is there, and that it is gone. */
  constructor(port: number, interval: number) {
    this.#port = port;
    this.#open();
    this.#timer = setInterval(() => (this.#server === undefined ? this.#open() : this.#close()), interval);
  }

  end(): void {
    clearInterval(this.#timer);
    this.#close();
  }

  #open(): void {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.#sockets.delete(socket));
      socket.pipe(socket);
    });
    server.listen(this.#port, '127.0.0.1');
    this.#server = server;
  }

  #close(): void {
    this.#server?.close();
    this.#server = undefined;
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }
}
