import type { Pipe } from './pipes.ts';

const nothing: Uint8Array[] = [];
const noBytes = new Uint8Array();

/** Bytes that were written and that the system has not taken yet, in order: those of a pipe come first. */
export class Unsent {
  pipe: Pipe | null = null;
  #chunks = nothing;
  /** Of the first chunk, how much is sent. */
  #sent = 0;
  #copied = 0;

  get size(): number {
    return this.#copied + (this.pipe?.held ?? 0);
  }

  /** The first chunk of what lies behind the pipe, or what is left of it; empty: there is none. */
  get first(): Uint8Array {
    const chunk = this.#chunks[0] ?? noBytes;
    return this.#sent === 0 ? chunk : chunk.subarray(this.#sent);
  }

  /** The bytes do not change any more. */
  add(bytes: Uint8Array): void {
    if (this.#chunks === nothing) this.#chunks = [];
    this.#chunks.push(bytes);
    this.#copied += bytes.length;
  }

  /** The bytes of the pipe, which has none any more, in memory of ours. */
  addFirst(bytes: Uint8Array): void {
    // The pipe comes before all chunks: of the first one nothing is sent.
    this.#chunks = [bytes, ...this.#chunks];
    this.#copied += bytes.length;
  }

  /** So many of the first chunk are sent. */
  taken(count: number): void {
    this.#copied -= count;
    this.#sent += count;
    if (this.#sent < (this.#chunks[0]?.length ?? 0)) return;
    this.#chunks.shift();
    this.#sent = 0;
  }
}
