import { concatenate } from '../concatenate.ts';
import type { Chunk } from './chunk.ts';
import { type ChunkList, editCost } from './chunk-list.ts';

/** Why a stream can't be changed, or marked, as it was asked to. */
export type StreamProblem =
  | 'data already sent'
  | 'data not captured'
  | 'the stream has ended'
  | 'no room'
  | 'pass-through mode'
  | 'no such mark';

/** A position to come back to. Unless it is read-only nothing behind it is sent before it is released. */
export class Mark {
  readonly isReadOnly: boolean;
  position: number;

  constructor(isReadOnly: boolean, position: number) {
    this.isReadOnly = isReadOnly;
    this.position = position;
  }
}

/** What a mark costs, with what Lua has of it. */
export const markCost = 512;

/** Most streams have none of either: an array of its own would cost each of them. */
const none: readonly never[] = [];

/** Where a stream is read and changed, and the places that are marked. Positions are those of the edited stream. */
export class Cursor {
  readonly #list: ChunkList;
  /** The chunk that it was last found in, or one before. */
  #chunk: Chunk | undefined;
  #position = 0;
  #marks: readonly Mark[] = none;
  /** What was inserted where no chunk waits: the next one begins with it. */
  #pending: readonly Uint8Array[] = none;

  constructor(list: ChunkList) {
    this.#list = list;
  }

  /** How many bytes can be read: up to what the capture has not got, if there is such a hole. */
  get available(): number {
    let chunk = this.#locate();
    if (this.#list.opaqueCount === 0) return this.#list.editedEnd - this.#position;
    while (chunk !== undefined && (!chunk.isOpaque || chunk.edited < this.#position)) chunk = chunk.next;
    return (chunk?.edited ?? this.#list.editedEnd) - this.#position;
  }

  /** Bytes of memory that marks, and what is to be inserted, take; about. */
  get cost(): number {
    if (this.#marks === none && this.#pending === none) return 0;
    return this.#pending.reduce((sum, { length }) => sum + editCost + length, this.#marks.length * markCost);
  }

  get markCount(): number {
    return this.#marks.length;
  }

  /** Nothing from here on may be sent. */
  get limit(): number {
    return this.#marks.reduce(
      (least, { isReadOnly, position }) => (isReadOnly ? least : Math.min(least, position)),
      Number.POSITIVE_INFINITY,
    );
  }

  /** What stands before is not needed any more. */
  get neededFrom(): number {
    return this.#marks.reduce((least, { position }) => Math.min(least, position), Number.POSITIVE_INFINITY);
  }

  /** A copy of the next bytes, as many of `count` as there are; undefined when there are none. */
  read(count = this.available): Uint8Array | undefined {
    const wanted = Math.min(Math.floor(count), this.available);
    if (!(wanted > 0)) return undefined;
    const parts: Uint8Array[] = [];
    for (let left = wanted; left > 0; ) {
      const chunk = this.#locate();
      if (chunk === undefined) break;
      const from = this.#position - chunk.edited;
      const taken = Math.min(left, chunk.editedLength - from);
      parts.push(chunk.copy(from, from + taken));
      this.#position += taken;
      left -= taken;
    }
    return concatenate(parts);
  }

  /** Passes over bytes, as many of `count` as there are, and says how many. */
  advance(count: number): number {
    const passed = Math.max(0, Math.min(Math.floor(count), this.available));
    this.#position += passed;
    return passed;
  }

  /** The position is behind them afterwards. */
  insert(bytes: Uint8Array): StreamProblem | undefined {
    if (bytes.length === 0) return undefined;
    const chunk = this.#locate();
    const own = bytes.slice();
    if (chunk === undefined || (chunk.isSent && this.available === 0)) {
      if (this.#list.last?.hasFin === true) return 'the stream has ended';
      this.#pending = [...this.#pending, own];
      return undefined;
    }
    if (chunk.isSent) return 'data already sent';
    if (chunk.isOpaque || chunk.isFixed) return 'data not captured';
    chunk.insert(this.#position - chunk.edited, own);
    this.#list.moveBehind(chunk, bytes.length);
    for (const mark of this.#marks) if (mark.position > this.#position) mark.position += bytes.length;
    this.#position += bytes.length;
    return undefined;
  }

  /** Erases the next bytes, as many of `count` as there are, and says how many. */
  erase(count: number): number | StreamProblem {
    const wanted = Math.min(Math.floor(count), this.available);
    let left = wanted;
    while (left > 0) {
      const chunk = this.#locate();
      if (chunk === undefined || chunk.isSent) return 'data already sent';
      if (chunk.isFixed) return left < wanted ? wanted - left : 'data not captured';
      const erased = chunk.erase(this.#position - chunk.edited, left);
      this.#list.moveBehind(chunk, -erased);
      left -= erased;
    }
    for (const mark of this.#marks) {
      if (mark.position > this.#position) mark.position = Math.max(this.#position, mark.position - wanted);
    }
    return Math.max(0, wanted);
  }

  mark(isReadOnly: boolean): Mark {
    const placed = new Mark(isReadOnly, this.#position);
    this.#marks = [...this.#marks, placed];
    return placed;
  }

  unmark(mark: Mark): StreamProblem | undefined {
    if (!this.#marks.includes(mark)) return 'no such mark';
    this.#marks = this.#marks.length === 1 ? none : this.#marks.filter((other) => other !== mark);
    return undefined;
  }

  /** Back to a mark, which is released if asked. */
  seek(mark: Mark, release: boolean): StreamProblem | undefined {
    if (!this.#marks.includes(mark) || mark.position < this.#list.editedStart) return 'no such mark';
    this.#position = mark.position;
    this.#chunk = this.#list.first;
    return release ? this.unmark(mark) : undefined;
  }

  /** To the end of what there is: what was not read up to here will not be seen. */
  toEnd(): void {
    this.#position = this.#list.editedEnd;
    this.#chunk = this.#list.last;
  }

  releaseMarks(): void {
    this.#marks = none;
  }

  /** A chunk was appended: it begins with what was to be inserted before. */
  appended(chunk: Chunk): void {
    if (this.#pending.length === 0 || chunk.isOpaque || chunk.isFixed) return;
    const bytes = concatenate(this.#pending);
    this.#pending = none;
    chunk.insert(0, bytes);
    this.#list.moveBehind(chunk, bytes.length);
    if (this.#position >= chunk.edited) this.#position += bytes.length;
  }

  /** Passes over holes, and over what was forgotten. The chunk that holds the position: where one ends and another begins the later one, else the one that ends there. */
  #locate(): Chunk | undefined {
    let chunk = this.#chunk ?? this.#list.first;
    this.#position = Math.max(this.#position, this.#list.editedStart);
    while (chunk?.next !== undefined && (chunk.editedEnd <= this.#position || chunk.isOpaque)) {
      if (chunk.isOpaque) this.#position = Math.max(this.#position, chunk.editedEnd);
      chunk = chunk.next;
    }
    if (chunk?.isOpaque === true) this.#position = Math.max(this.#position, chunk.editedEnd);
    this.#chunk = chunk;
    return chunk;
  }
}
