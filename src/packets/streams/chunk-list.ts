import { concatenate } from '../concatenate.ts';
import type { Chunk } from './chunk.ts';
import { costOfPacket } from './packet-cost.ts';

/** What a chunk costs beside its bytes: measured, and rounded up. */
const chunkCost = 640;

/** What an edit costs beside its bytes. */
export const editCost = 256;

export type Repeat = {
  /** Where it stands in the edited stream. */
  readonly edited: number;
  readonly bytes: Uint8Array;
};

/**
 * A stream as far as it lies together: first what has been sent and is not known to have arrived, then what
 * waits. Knows for each position of the original stream which one of the edited stream it has become.
 */
export class ChunkList {
  first: Chunk | undefined;
  firstWaiting: Chunk | undefined;
  /** Stays when it has been forgotten: what comes hangs on it. */
  last: Chunk | undefined;
  /** Ends of the original stream and of the edited one. */
  end = 0;
  editedEnd = 0;
  sentEnd = 0;
  editedSentEnd = 0;
  /** Whether it was ever changed. */
  hasEdits = false;
  /** How many chunks the capture has not got. */
  opaqueCount = 0;
  /** Bytes of memory, about. */
  cost = 0;
  #forgottenEnd = 0;
  #editedForgottenEnd = 0;
  /** Where the last forgotten edit ends: between there and `#forgottenEnd` all has moved by the same distance. */
  #lastForgottenEdit = 0;

  /** Where what is remembered begins in the edited stream. */
  get editedStart(): number {
    return this.#editedForgottenEnd;
  }

  append(chunk: Chunk): void {
    if (this.last !== undefined) this.last.next = chunk;
    this.last = chunk;
    this.first ??= chunk;
    this.firstWaiting ??= chunk;
    this.end = chunk.end;
    this.editedEnd = chunk.editedEnd;
    chunk.cost = chunkCost + chunk.length;
    chunk.carried = costOfPacket(chunk.packet);
    this.cost += chunk.cost + chunk.carried;
    if (chunk.isOpaque) this.opaqueCount++;
  }

  /** The packet of the last chunk, if it still waits, keeps nothing alive but itself. */
  ownLast(): void {
    this.last?.packet?.own();
  }

  /** A waiting chunk has become longer or shorter. */
  moveBehind(chunk: Chunk, by: number): void {
    this.hasEdits = true;
    this.editedEnd += by;
    // What was cut out may still be held by what was left.
    const more = editCost + Math.max(0, by);
    chunk.cost += more;
    this.cost += more;
    for (let later = chunk.next; later !== undefined; later = later.next) later.edited += by;
  }

  /** The first waiting chunk is sent. */
  send(chunk: Chunk): void {
    this.cost -= chunk.carried;
    chunk.packet = undefined;
    chunk.isSent = true;
    this.firstWaiting = chunk.next;
    this.sentEnd = chunk.end;
    this.editedSentEnd = chunk.editedEnd;
    // Of an acknowledgement alone there is nothing to remember.
    if (this.first === chunk && chunk.length === 0 && chunk.editedLength === 0) this.#forgetFirst(chunk);
  }

  /** Forgets what was sent, ends at `end` at most in the original stream and at `editedEnd` in the edited one. */
  forget(end: number, editedEnd: number): void {
    let { first } = this;
    while (first?.isSent === true && first.end <= end && first.editedEnd <= editedEnd) {
      this.#forgetFirst(first);
      first = this.first;
    }
  }

  /** Forgets the oldest chunk if it has been sent; false when there is none. */
  forgetOldest(): boolean {
    if (this.first?.isSent !== true) return false;
    this.#forgetFirst(this.first);
    return true;
  }

  /** Which position of the edited stream a receiver has reached that has all of the original before `position`. */
  editedAt(position: number): number {
    if (position <= 0) return position;
    if (position >= this.sentEnd) return this.editedSentEnd;
    if (position < this.#forgottenEnd) {
      return Math.max(0, this.#editedForgottenEnd - (this.#forgottenEnd - position));
    }
    for (let chunk = this.first; chunk?.isSent === true; chunk = chunk.next) {
      if (chunk.end > position) return chunk.edited + chunk.editedOffset(Math.max(0, position - chunk.start));
    }
    return this.editedSentEnd;
  }

  /**
   * How much of the original a receiver has that has all of the edited stream before `edited`: at the end of what a
   * segment has become all of that segment, what was erased there too.
   */
  originalAt(edited: number): number {
    if (edited <= 0) return edited;
    if (edited >= this.editedSentEnd) return this.sentEnd + (edited - this.editedSentEnd);
    if (edited < this.#editedForgottenEnd) {
      return Math.max(0, this.#forgottenEnd - (this.#editedForgottenEnd - edited));
    }
    for (let chunk = this.first; chunk?.isSent === true; chunk = chunk.next) {
      if (chunk.editedEnd > edited)
        return chunk.start + chunk.originalOffset(Math.max(0, edited - chunk.edited));
    }
    return this.sentEnd;
  }

  /** Whether a segment that is remembered ends there, of the original stream and of the edited one. */
  endsAt(position: number): { readonly original: boolean; readonly edited: boolean } {
    let original = position <= this.#forgottenEnd;
    let edited = original;
    for (let chunk = this.first; chunk !== undefined && !(original && edited); chunk = chunk.next) {
      original ||= chunk.end === position;
      edited ||= chunk.isSent && chunk.editedEnd === position;
    }
    return { original, edited };
  }

  /**
   * What was sent for a part of the original stream that comes once more, with all that was inserted at its
   * ends. `own` is that part as it came this time, for where nothing is known of the first time.
   *
   * @returns undefined when it is too old: the edits that were made there are forgotten
   */
  repeat(start: number, end: number, own: Uint8Array): Repeat | undefined {
    const last = Math.min(end, this.sentEnd);
    const from = Math.max(start, Math.min(this.#lastForgottenEdit, last));
    if (from === last && start < last) return undefined;
    const parts: Uint8Array[] = [];
    let edited = -1;
    if (from < this.#forgottenEnd) {
      edited = this.#editedForgottenEnd - (this.#forgottenEnd - from);
      parts.push(own.subarray(from - start, Math.min(last, this.#forgottenEnd) - start));
    }
    for (let chunk = this.first; chunk?.isSent === true && chunk.start <= last; chunk = chunk.next) {
      if (chunk.end < from || (chunk.end === from && chunk.start < from)) continue;
      const first = chunk.editedOffset(Math.max(0, from - chunk.start));
      const until = chunk.end <= last ? chunk.editedLength : chunk.editedOffset(last - chunk.start);
      if (edited < 0) edited = chunk.edited + first;
      if (chunk.isOpaque) parts.push(own.subarray(chunk.start + first - start, chunk.start + until - start));
      else parts.push(chunk.copy(first, until));
    }
    return { edited: edited < 0 ? this.editedAt(from) : edited, bytes: concatenate(parts) };
  }

  #forgetFirst(chunk: Chunk): void {
    this.cost -= chunk.cost;
    this.#forgottenEnd = chunk.end;
    this.#editedForgottenEnd = chunk.editedEnd;
    if (chunk.isOpaque) this.opaqueCount--;
    if (chunk.isEdited) this.#lastForgottenEdit = chunk.end;
    chunk.clear();
    this.first = chunk.next;
  }
}
