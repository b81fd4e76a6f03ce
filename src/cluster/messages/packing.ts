import { longestText } from './bounds.ts';

/** Bytes that do not say what they should: cut short, or of a version that is not known here. */
export class PackingError extends Error {}

/** They say what can't be. */
export class ImpossibleError extends PackingError {}

const longestBytes = 255;

/** Writes numbers and texts one behind the other. */
export class Packer {
  #bytes = Buffer.allocUnsafe(1024);
  #length = 0;

  /** A whole number from 0 to 2^53 - 1, in as few bytes as it needs: seven bits in each, the low ones first. */
  number(value: number): void {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${value} can't be packed`);
    this.#room(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Any text, in UTF-8. */
  text(value: string): void {
    const bytes = Buffer.byteLength(value, 'utf8');
    this.number(bytes);
    this.#room(bytes);
    this.#length += this.#bytes.write(value, this.#length, 'utf8');
  }

  /** Characters below U+0100, at most 255 of them: keys that are bytes. */
  bytes(value: string): void {
    if (value.length > longestBytes)
      throw new RangeError(`a text of ${value.length} characters can't be packed`);
    this.#room(1 + value.length);
    this.#bytes[this.#length++] = value.length;
    this.#length += this.#bytes.write(value, this.#length, 'latin1');
  }

  list<T>(items: readonly T[], write: (item: T) => void): void {
    this.number(items.length);
    for (const item of items) write(item);
  }

  packed(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  #room(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + bytes));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}

/** Reads what a `Packer` has written. Throws PackingError. */
export class Unpacker {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** What follows is of this version. */
  expectVersion(version: number): void {
    const found = this.number();
    if (found !== version) throw new PackingError(`version ${found} is not known`);
  }

  /** Throws ImpossibleError where it is above `most`. */
  number(most = Number.MAX_SAFE_INTEGER): number {
    let [value, factor] = [0, 1];
    for (;;) {
      const byte = this.#next();
      value += (byte % 0x80) * factor;
      if (!Number.isSafeInteger(value)) throw new PackingError('a number is too large');
      if (byte < 0x80) {
        if (value > most) throw new ImpossibleError(`${value} is more than can be`);
        return value;
      }
      factor *= 0x80;
    }
  }

  text(longest = longestText): string {
    return this.#string(this.number(longest), 'utf8');
  }

  bytes(): string {
    return this.#string(this.#next(), 'latin1');
  }

  #string(length: number, encoding: 'utf8' | 'latin1'): string {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new PackingError('a text is cut short');
    const text = this.#bytes.toString(encoding, this.#at, end);
    this.#at = end;
    return text;
  }

  list<T>(read: () => T): readonly T[] {
    const length = this.number();
    // Each takes a byte at least: a length that can't be does not take our memory.
    if (length > this.#bytes.length - this.#at) throw new PackingError('a list is cut short');
    return Array.from({ length }, read);
  }

  /** Nothing is left to read. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new PackingError('there is more than was expected');
  }

  #next(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new PackingError('it is cut short');
    this.#at += 1;
    return byte;
  }
}
