/** Bytes of a client that are kept while its member connects. The chunk that passes this is still kept. */
const mostBytes = 65_536;

/** Copies of what a client has sent that no member has got yet. */
export class HeldBytes {
  readonly #chunks: Buffer[] = [];
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** False: that is enough, read no more. */
  add(chunk: Uint8Array): boolean {
    // A copy, since the engine may use the memory of its chunk again: a small one lies in memory that many share.
    this.#chunks.push(Buffer.from(chunk));
    this.#size += chunk.length;
    return this.#size < mostBytes;
  }

  /** In one piece, however many they came in: who looks at each piece looks once. */
  all(): Uint8Array {
    const [first] = this.#chunks;
    return first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks, this.#size);
  }
}
