import { POLL_ERROR, pollNow } from '../../sockets/system-calls.ts';

/** A stream that is not being read: the event loop does not notice when its peer resets it. */
export interface Unread {
  /** Its index in the set, kept by the set; -1: not in it. */
  unreadIndex: number;
  /** -1: it is closed. */
  descriptor(): number;
  /** The peer has reset it, or the system has given it up. */
  failed(): void;
}

/**
 * The streams that are not being read: paused by back-pressure, or after the peer's FIN. libuv watches only what is
 * read or written, so these are polled, all in one poll(2). An error is never fetched here, only noticed.
 */
export class UnreadStreams {
  readonly #streams: Unread[] = [];
  #records = new Int32Array(128);

  get size(): number {
    return this.#streams.length;
  }

  add(stream: Unread): void {
    if (stream.unreadIndex >= 0) return;
    stream.unreadIndex = this.#streams.length;
    this.#streams.push(stream);
  }

  remove(stream: Unread): void {
    const index = stream.unreadIndex;
    if (index < 0) return;
    stream.unreadIndex = -1;
    const last = this.#streams.pop();
    if (last === undefined || last === stream) return;
    last.unreadIndex = index;
    this.#streams[index] = last;
  }

  /** Calls `failed` of each that was reset. */
  sweep(): void {
    const count = this.#streams.length;
    if (count === 0) return;
    if (this.#records.length < count * 2) this.#records = new Int32Array(count * 4);
    const records = this.#records;
    for (let index = 0; index < count; index++) {
      records[index * 2] = this.#streams[index]?.descriptor() ?? -1;
      records[index * 2 + 1] = 0;
    }
    if (pollNow(records, count) === 0) return;
    const failed: Unread[] = [];
    for (let index = 0; index < count; index++) {
      const stream = this.#streams[index];
      if (stream !== undefined && (records[index * 2 + 1] ?? 0) & POLL_ERROR) failed.push(stream);
    }
    for (const stream of failed) stream.failed();
  }
}
