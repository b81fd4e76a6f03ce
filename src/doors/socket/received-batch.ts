import type { BatchOptions, BatchSource } from '../../cli/session/session.ts';
import { mostText } from '../../cli/session/settings/limits.ts';

/** About how many bytes a text or a piece of one takes beside what it says. */
const overhead = 128;

/** A batch that arrives in pieces: its options, then texts, each in chunks. */
export class ReceivedBatch {
  readonly options: BatchOptions;
  #sources: { readonly name: string; readonly chunks: Buffer[] }[] = [];
  #text = 0;
  #size = 0;
  #isDropped = false;
  #isTaken = false;

  constructor(options: BatchOptions) {
    this.options = options;
  }

  /** Bytes of memory that it takes. */
  get size(): number {
    return this.#size;
  }

  /** More of it may come. */
  get isArriving(): boolean {
    return !this.#isDropped && !this.#isTaken;
  }

  /** There was no room for it. */
  get isDropped(): boolean {
    return this.#isDropped;
  }

  source(name: string): void {
    if (this.#isDropped) return;
    this.#size += 2 * name.length + overhead;
    this.#sources.push({ name, chunks: [] });
  }

  /** @throws RangeError for more text than any batch may have */
  chunk(base64: string): void {
    if (this.#isDropped) return;
    const bytes = Buffer.from(base64, 'base64');
    this.#text += bytes.length;
    // The session is sent a byte too many, of which it says that it is.
    if (this.#text > mostText + 1) throw new RangeError(`a batch of more than ${mostText} bytes`);
    this.#size += bytes.length + overhead;
    this.#sources.at(-1)?.chunks.push(bytes);
  }

  /** Lets go of what has come, and of what is to come. Gives the bytes that it takes then. */
  drop(): number {
    this.#isDropped = true;
    this.#sources = [];
    this.#size = 0;
    return this.#size;
  }

  /** The texts, of which this then holds none; whoever runs them still does. */
  take(): BatchSource[] {
    this.#isTaken = true;
    const sources = this.#sources.map(({ name, chunks }) => ({ name, bytes: Buffer.concat(chunks) }));
    this.#sources = [];
    return sources;
  }
}
