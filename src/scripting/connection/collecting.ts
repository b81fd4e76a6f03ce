const nothing = new Uint8Array();

/** What scripts wait for before STREAM_CLIENT_INIT is called again: a number of bytes, or a text in them. */
export type Wanted = number | Uint8Array;

/** Whether it is in the bytes that have come. */
export function hasCome(wanted: Wanted, bytes: Uint8Array): boolean {
  if (typeof wanted === 'number') return bytes.length >= wanted;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(wanted);
}

/** What is waited for, and what of it has come: no byte is looked at twice, however small the pieces are. */
export class Collecting {
  readonly #wanted: Wanted;
  #length: number;
  /** The end of what has come, in which the text may have begun. */
  #tail: Uint8Array;

  /** `sofar`: what has come by now. */
  constructor(wanted: Wanted, sofar: Uint8Array) {
    this.#wanted = wanted;
    this.#length = sofar.length;
    this.#tail = this.#endOf(sofar);
  }

  /** Whether it is there, now that a chunk has come. */
  isMet(chunk: Uint8Array): boolean {
    this.#length += chunk.length;
    if (typeof this.#wanted === 'number') return this.#length >= this.#wanted;
    const bytes = Buffer.concat([this.#tail, chunk]);
    this.#tail = this.#endOf(bytes);
    return bytes.includes(this.#wanted);
  }

  #endOf(bytes: Uint8Array): Uint8Array {
    const most = typeof this.#wanted === 'number' ? 0 : this.#wanted.length - 1;
    return most <= 0 ? nothing : Uint8Array.from(bytes.subarray(Math.max(0, bytes.length - most)));
  }
}
