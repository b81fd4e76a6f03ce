/** Client bytes that are kept while the member connects. The read that reaches it may add one more chunk. */
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
    this.#chunks.push(new Uint8Array(chunk));
    this.#size += chunk.length;
    return this.#size < mostBytes;
  }

  /** What is held, in order; nothing is from now on. */
  static take(held: HeldBytes | null): readonly Uint8Array[] {
    if (held === null) return nothing;
    const chunks = held.#chunks;
    held.#chunks = [];
    held.#size = 0;
    return chunks;
  }
}
