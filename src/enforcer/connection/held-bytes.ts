/** Client bytes that are kept while the member connects. The read that reaches it may add one more chunk. */
const MOST_BYTES = 65_536;

/** Shared by every connection that holds no bytes. */
const NOTHING: readonly Uint8Array[] = [];

/** What a client has said that no member has been told yet. */
export class HeldBytes {
  private chunks: Uint8Array[] = [];
  private size = 0;

  /** False: it is enough, read no more. */
  add(chunk: Uint8Array): boolean {
    this.chunks.push(chunk);
    this.size += chunk.length;
    return this.size < MOST_BYTES;
  }

  /** What is held, in order; nothing is from now on. */
  static take(held: HeldBytes | null): readonly Uint8Array[] {
    if (held === null) return NOTHING;
    const { chunks } = held;
    held.chunks = [];
    held.size = 0;
    return chunks;
  }
}
