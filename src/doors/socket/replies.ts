import type { Socket } from 'node:net';

type Reader = {
  /** Who it is. */
  readonly peer: string;
  /** Bytes that were written and that the system has not taken. */
  unread: number;
  /** When it last took some, or when there was nothing to take, in milliseconds of `performance.now`. */
  since: number;
};

export type ReplyLimits = {
  /** Bytes of replies that nobody has read, of all clients. */
  readonly unread: number;
  /** Clients that do not read, for which a command holds what it has not shown yet. */
  readonly waiting: number;
};

/**
 * What was sent to the clients of a door and is still in memory, because they do not read it. Where that is too much in
 * all, or holds up too many commands, somebody loses the connection: of the peer who keeps most waiting, the client that
 * has taken nothing for longest.
 */
export class Replies {
  readonly #limits: ReplyLimits;
  readonly #readers = new Map<Socket, Reader>();
  #unread = 0;

  constructor(limits: ReplyLimits) {
    this.#limits = limits;
  }

  add(socket: Socket, peer: string): void {
    this.#readers.set(socket, { peer, unread: 0, since: 0 });
    socket.once('close', () => this.#forget(socket));
  }

  write(socket: Socket, bytes: Buffer): void {
    const reader = this.#readers.get(socket);
    if (reader === undefined || !socket.writable) return;
    if (reader.unread === 0) reader.since = performance.now();
    this.#count(reader, bytes.length);
    const wasWaiting = socket.writableNeedDrain;
    socket.write(bytes, () => {
      if (!this.#readers.has(socket)) return;
      this.#count(reader, -bytes.length);
      reader.since = performance.now();
    });
    while (this.#unread > this.#limits.unread) this.#dismiss([...this.#readers.keys()]);
    if (wasWaiting || !socket.writableNeedDrain) return;
    const waiting = [...this.#readers.keys()].filter(({ writableNeedDrain }) => writableNeedDrain);
    if (waiting.length > this.#limits.waiting) this.#dismiss(waiting);
  }

  #count(reader: Reader, bytes: number): void {
    reader.unread += bytes;
    this.#unread += bytes;
  }

  /** Ends the connection that has taken nothing for longest, of the peer who has most of these. */
  #dismiss(sockets: readonly Socket[]): void {
    const unread = sockets.flatMap((socket) => {
      const reader = this.#readers.get(socket);
      return reader === undefined || reader.unread === 0 ? [] : [{ socket, ...reader }];
    });
    const crowds = [...Map.groupBy(unread, ({ peer }) => peer).values()];
    const [slowest] = crowds
      .reduce((crowd, other) => (other.length > crowd.length ? other : crowd), [])
      .sort((one, other) => one.since - other.since);
    if (slowest === undefined) return;
    this.#forget(slowest.socket);
    slowest.socket.destroy();
  }

  #forget(socket: Socket): void {
    const reader = this.#readers.get(socket);
    if (reader !== undefined) this.#count(reader, -reader.unread);
    this.#readers.delete(socket);
  }
}
