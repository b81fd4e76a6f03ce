import { concatenate } from '../concatenate.ts';

const empty = new Uint8Array(0);

/** Bytes that come in chunks of any size and are wanted in pieces of known size. Holds what is not yet taken. */
export class ChunkBuffer {
  /** The bytes at `at` are the next; as many as `has` was asked for lie together. */
  bytes: Uint8Array = empty;
  at = 0;
  #waiting: Uint8Array[] = [];
  #waitingLength = 0;
  #before = 0;

  /** How many bytes have been taken so far. */
  get offset(): number {
    return this.#before + this.at;
  }

  get length(): number {
    return this.bytes.length - this.at + this.#waitingLength;
  }

  add(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#waiting.push(chunk);
    this.#waitingLength += chunk.length;
  }

  /** Whether `count` bytes are there; if so they lie together at `at`. */
  has(count: number): boolean {
    if (this.bytes.length - this.at >= count) return true;
    if (this.length < count) return false;
    this.#join(count);
    return true;
  }

  /** Takes bytes that `has` has found. */
  take(count: number): Uint8Array {
    const taken = this.bytes.subarray(this.at, this.at + count);
    this.at += count;
    return taken;
  }

  /** Passes over bytes, as many as there are of `count`, and says how many. */
  skip(count: number): number {
    let left = count;
    while (left > 0) {
      const here = Math.min(left, this.bytes.length - this.at);
      this.at += here;
      left -= here;
      if (left === 0 || this.#waitingLength === 0) break;
      this.#join(1);
    }
    return count - left;
  }

  #join(count: number): void {
    let length = this.bytes.length - this.at;
    const parts = length === 0 ? [] : [this.bytes.subarray(this.at)];
    let used = 0;
    for (const chunk of this.#waiting) {
      if (length >= count) break;
      parts.push(chunk);
      length += chunk.length;
      this.#waitingLength -= chunk.length;
      used++;
    }
    this.#waiting.splice(0, used);
    this.#before += this.at;
    this.at = 0;
    this.bytes = concatenate(parts);
  }
}
