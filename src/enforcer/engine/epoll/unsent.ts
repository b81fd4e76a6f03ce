const nothing: Uint8Array[] = [];

/** Bytes that were written and that the system has not taken yet, in order. */
export class Unsent {
  #chunks = nothing;
  /** Of the first chunk, how much is sent. */
  #sent = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get first(): Uint8Array {
    const chunk = this.#chunks[0] ?? noBytes;
    return this.#sent === 0 ? chunk : chunk.subarray(this.#sent);
  }

  /** The bytes do not change any more. */
  add(bytes: Uint8Array): void {
    if (this.#chunks === nothing) this.#chunks = [];
    this.#chunks.push(bytes);
    this.#size += bytes.length;
  }

  /** So many of the first chunk are sent. */
  taken(count: number): void {
    this.#size -= count;
    this.#sent += count;
    if (this.#sent < (this.#chunks[0]?.length ?? 0)) return;
    this.#chunks.shift();
    this.#sent = 0;
    if (this.#chunks.length === 0) this.clear();
  }

  clear(): void {
    this.#chunks = nothing;
    this.#sent = 0;
    this.#size = 0;
  }
}

const noBytes = new Uint8Array();
