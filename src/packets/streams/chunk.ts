import type { Packet } from '../packet.ts';

/** Bytes of the edited stream and how many of the original they stand for: kept ones, none (erased), or none of it (inserted). */
type Span = { original: number; bytes: Uint8Array };

const nothing = new Uint8Array(0);
const noSpans: readonly Span[] = [];

/** What one segment has added to a stream, with what was made of it. Positions count from the start of the stream. */
export class Chunk {
  readonly start: number;
  readonly length: number;
  /** Where it stands in the edited stream. */
  edited: number;
  editedLength: number;
  /** The packet that will carry it; none for a hole, and when it has been sent. */
  packet: Packet | undefined;
  readonly hasFin: boolean;
  /** Bytes that the capture does not have: they pass as they are. */
  readonly isOpaque: boolean;
  /** Bytes of a segment that the capture has cut short: they are read, but nothing can be put in their place. */
  isFixed = false;
  isEdited = false;
  isSent = false;
  /** Bytes of memory, about, beside its packet, and what that took when it came; kept by the list that it is in. */
  cost = 0;
  carried = 0;
  next: Chunk | undefined;
  #spans: readonly Span[];

  constructor(
    start: number,
    edited: number,
    content: Uint8Array | number,
    packet: Packet | undefined,
    hasFin: boolean,
  ) {
    this.start = start;
    this.edited = edited;
    this.isOpaque = typeof content === 'number';
    this.length = typeof content === 'number' ? content : content.length;
    this.editedLength = this.length;
    this.packet = packet;
    this.hasFin = hasFin;
    this.#spans =
      typeof content === 'number' || content.length === 0
        ? noSpans
        : [{ original: content.length, bytes: content }];
  }

  get end(): number {
    return this.start + this.length;
  }

  get editedEnd(): number {
    return this.edited + this.editedLength;
  }

  /** Its edited bytes; no copy where it has not been edited. */
  get bytes(): Uint8Array {
    const [first] = this.#spans;
    if (this.#spans.length <= 1) return first?.bytes ?? nothing;
    return this.copy(0, this.editedLength);
  }

  /** A copy of edited bytes between two positions in it. */
  copy(from: number, to: number): Uint8Array {
    const copied = new Uint8Array(to - from);
    let at = 0;
    for (const { bytes } of this.#spans) {
      const first = Math.max(from, at);
      const last = Math.min(to, at + bytes.length);
      if (first < last) copied.set(bytes.subarray(first - at, last - at), first - from);
      at += bytes.length;
    }
    return copied;
  }

  /** Where in its edited bytes those stand that follow the first `count` of the original: before what was inserted there. */
  editedOffset(count: number): number {
    if (!this.isEdited) return count;
    let edited = 0;
    let passed = 0;
    for (const { original, bytes } of this.#spans) {
      if (passed >= count) break;
      if (passed + original > count) return edited + Math.min(count - passed, bytes.length);
      passed += original;
      edited += bytes.length;
    }
    return edited;
  }

  /** How much of the original a receiver has, at least, that has the first `count` of the edited bytes. */
  originalOffset(count: number): number {
    if (!this.isEdited) return count;
    let edited = 0;
    let passed = 0;
    for (const { original, bytes } of this.#spans) {
      if (edited >= count) break;
      if (edited + bytes.length > count) return passed + (original === 0 ? 0 : count - edited);
      passed += original;
      edited += bytes.length;
    }
    return passed;
  }

  insert(at: number, bytes: Uint8Array): void {
    this.#replace(this.#split(at), 0, { original: 0, bytes });
    this.editedLength += bytes.length;
    this.isEdited = true;
  }

  /** Erases edited bytes, as many of `count` as there are behind `at`; returns their number. */
  erase(at: number, count: number): number {
    const erased = Math.min(count, this.editedLength - at);
    if (erased === 0) return 0;
    const first = this.#split(at);
    const last = this.#split(at + erased);
    const originals = this.#replace(first, last - first).reduce((sum, { original }) => sum + original, 0);
    if (originals > 0) this.#replace(first, 0, { original: originals, bytes: nothing });
    this.editedLength -= erased;
    this.isEdited = true;
    return erased;
  }

  /** Lets go of its bytes: only where it ends is of use any more. */
  clear(): void {
    this.#spans = noSpans;
  }

  /** Returns those that were replaced. */
  #replace(index: number, count: number, ...spans: readonly Span[]): Span[] {
    const changed = [...this.#spans];
    const replaced = changed.splice(index, count, ...spans);
    this.#spans = changed;
    return replaced;
  }

  /** The index of the first span that begins at `at`, made by cutting one if need be. */
  #split(at: number): number {
    let passed = 0;
    for (const [index, span] of this.#spans.entries()) {
      if (passed >= at) return index;
      const within = at - passed;
      if (within < span.bytes.length) {
        const isInserted = span.original === 0;
        this.#replace(
          index,
          1,
          { original: isInserted ? 0 : within, bytes: span.bytes.subarray(0, within) },
          { original: isInserted ? 0 : span.original - within, bytes: span.bytes.subarray(within) },
        );
        return index + 1;
      }
      passed += span.bytes.length;
    }
    return this.#spans.length;
  }
}
