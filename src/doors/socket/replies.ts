import type { Socket } from 'node:net';

type Reader = {
  /** Bytes that were written and that the system has not taken. */
  unread: number;
  /** When it last took some, or when there was nothing to take, in milliseconds of `performance.now`. */
  since: number;
};

/**
 * What was sent to the clients of a door and is still in memory, because they do not read it. Where that is too much in
 * all, who has taken nothing for longest loses its connection: a reply can't wait for its reader, it was made at once.
 */
export class Replies {
  readonly #most: number;
  readonly #readers = new Map<Socket, Reader>();
  #unread = 0;

  /** `most`: bytes of all clients together. */
  constructor(most: number) {
    this.#most = most;
  }

  add(socket: Socket): void {
    this.#readers.set(socket, { unread: 0, since: 0 });
    socket.once('close', () => this.#forget(socket));
  }

  write(socket: Socket, bytes: Buffer): void {
    const reader = this.#readers.get(socket);
    if (reader === undefined || !socket.writable) return;
    if (reader.unread === 0) reader.since = performance.now();
    this.#count(reader, bytes.length);
    socket.write(bytes, () => {
      if (!this.#readers.has(socket)) return;
      this.#count(reader, -bytes.length);
      reader.since = performance.now();
    });
    while (this.#unread > this.#most) this.#dismissSlowest();
  }

  #count(reader: Reader, bytes: number): void {
    reader.unread += bytes;
    this.#unread += bytes;
  }

  #dismissSlowest(): void {
    const waiting = [...this.#readers].filter(([, { unread }]) => unread > 0);
    const [slowest] = waiting.reduce((one, other) => (other[1].since < one[1].since ? other : one));
    this.#forget(slowest);
    slowest.destroy();
  }

  #forget(socket: Socket): void {
    const reader = this.#readers.get(socket);
    if (reader !== undefined) this.#count(reader, -reader.unread);
    this.#readers.delete(socket);
  }
}
