/** Bytes of a client that are kept while its member connects. The chunk that passes this is still kept. */
const mostBytes = 65_536;

/** Shared by every connection that holds no bytes. */
const nothing: readonly Uint8Array[] = [];

/** Copies of what a client has sent that no member has got yet. */
export class HeldBytes {
  #chunks: Uint8Array[] = [];
  #size = 0;

  /** False: that is enough, read no more. */
  add(chunk: Uint8Array): boolean {
    // The engine may use the memory of its chunk again.
    this.#chunks.push(Buffer.from(chunk));
    this.#size += chunk.length;
    return this.#size < mostBytes;
  }

  /** Gives what is held, in order, and holds nothing any more. */
  static take(held: HeldBytes | null): readonly Uint8Array[] {
    if (held === null) return nothing;
    const chunks = held.#chunks;
    held.#chunks = [];
    held.#size = 0;
    return chunks;
  }
}
