/**
 * The memory of what is read. Node takes 64 KiB for each read and leaves them to the garbage collection, which comes
 * late, or never while nothing else happens. Given back at once, they serve the next read.
 */
export class ReadMemory {
  /** The chunk that a handler is given at this moment; null: none, or it is kept. */
  #lent: Uint8Array | null = null;

  /** A handler is about to be given this chunk. */
  lend(chunk: Uint8Array): void {
    this.#lent = chunk;
  }

  /** The chunk that bytes belong to, where they are of the one that is lent: whoever asks has to free it. */
  keep(bytes: Uint8Array): Uint8Array | null {
    const lent = this.#lent;
    if (lent === null || lent.buffer !== bytes.buffer) return null;
    this.#lent = null;
    return lent;
  }

  /** The handler is done. */
  end(): void {
    if (this.#lent !== null) freeMemory(this.#lent);
    this.#lent = null;
  }
}

/** Frees what a chunk lies in, if nothing else does. The chunk is empty then. */
export function freeMemory({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
