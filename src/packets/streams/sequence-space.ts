import { distance } from '../connections/sequence.ts';
import type { ChunkList } from './chunk-list.ts';

/** Sequence numbers of a stream: those of the original one to positions, and positions to those of the edited one. */
export class SequenceSpace {
  isStarted = false;
  /** Position of the FIN, behind the last byte. */
  finAt: number | undefined;
  isFinSent = false;
  readonly #list: ChunkList;
  #base = 0;

  constructor(list: ChunkList) {
    this.#list = list;
  }

  /** Once: the number of the first byte. */
  start(sequence: number): void {
    if (!this.isStarted) this.restart(sequence);
  }

  /** Likewise, as often as it is asked before there is anything. */
  restart(sequence: number): void {
    const { end, editedSentEnd } = this.#list;
    if (end > 0 || editedSentEnd > 0 || this.finAt !== undefined) return;
    this.isStarted = true;
    this.#base = sequence >>> 0;
  }

  /** A FIN passes by the stream, behind all of it. */
  passFin(position: number): void {
    this.finAt ??= position;
    this.isFinSent ||= this.finAt === position;
  }

  /** Position of an original number: the one nearest to the end of what there is. */
  positionOf(sequence: number): number {
    return this.#list.end + distance(this.#base + this.#list.end, sequence);
  }

  /** Position in the edited stream of one of its numbers: the one nearest to the end of what was sent. */
  editedPositionOf(sequence: number): number {
    return this.#list.editedSentEnd + distance(this.#base + this.#list.editedSentEnd, sequence);
  }

  /** Position of the original stream that is acknowledged with a number of the edited one. */
  acknowledgedAt(sequence: number): number {
    const edited = this.editedPositionOf(sequence);
    const isBehindFin = this.isFinSent && edited > this.#list.editedSentEnd;
    return isBehindFin && this.finAt !== undefined ? this.finAt + 1 : this.#list.originalAt(edited);
  }

  /** Number of a position of the original stream. */
  originalNumberOf(position: number): number {
    return (this.#base + position) >>> 0;
  }

  /** Number of a position of the edited stream. */
  numberOf(edited: number): number {
    return (this.#base + edited) >>> 0;
  }

  /** Number that stands in the edited stream for a position of the original one, if all before it was sent. */
  moved(position: number): number {
    const isBehindFin = this.isFinSent && this.finAt !== undefined && position > this.finAt;
    return this.numberOf(this.#list.editedAt(position) + (isBehindFin ? 1 : 0));
  }

  /** The same of a number; undefined for one of what was not sent. */
  movedIfSent(sequence: number): number | undefined {
    const position = this.positionOf(sequence);
    return position > this.#list.sentEnd ? undefined : this.moved(position);
  }

  /** Behind all that was sent. */
  get last(): number {
    return this.numberOf(this.#list.editedSentEnd + (this.isFinSent ? 1 : 0));
  }
}
