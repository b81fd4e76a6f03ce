const smallest = 1024;

/**
 * Bytes that come in pieces, in room of their own. A piece is often a view of much more that was received with it: to
 * keep the view would keep all of that, however little of it counts.
 */
export class GatheredBytes {
  #room: Buffer = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What has come, as a view of the room: it is to be read before more comes. */
  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length);
  }

  add(piece: Uint8Array): void {
    const length = this.#length + piece.length;
    if (length > this.#room.length) {
      const room = Buffer.alloc(Math.max(smallest, length, 2 * this.#room.length));
      room.set(this.bytes);
      this.#room = room;
    }
    this.#room.set(piece, this.#length);
    this.#length = length;
  }

  /** Takes so many from the front, or all there are. */
  take(length: number): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, length));
    this.#room.copyWithin(0, taken.length, this.#length);
    this.#length -= taken.length;
    if (this.#length === 0) this.#room = Buffer.alloc(0);
    return taken;
  }
}
