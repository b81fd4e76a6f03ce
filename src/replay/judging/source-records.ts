import { add, read } from '../../memory/words.ts';
import { doubled, doubledTimes } from '../doubled.ts';
import type { Fate, SourceResult } from '../report/result.ts';

// What is counted of a source. Of the first three it is noted when they were first so.
export const REPORTED = 0;
export const REFUSED = 1;
export const BLOCKS = 2;
export const WOULD_REFUSE = 3;
export const CLOSED = 4;
export type Timed = typeof REPORTED | typeof REFUSED | typeof BLOCKS;
export type Counter = Timed | typeof WOULD_REFUSE | typeof CLOSED;
const counters: readonly Counter[] = [REPORTED, REFUSED, BLOCKS, WOULD_REFUSE, CLOSED];

const ENTRY = 5;
const COUNT_WORDS = 6;
const TIMES = 3;
const firstRecords = 64;

/** What is noted of sources that were not merely admitted: 48 bytes for each. Of the record NONE all is 0. */
export class SourceRecords {
  #counts = new Int32Array(firstRecords * COUNT_WORDS);
  #times = new Float64Array(firstRecords * TIMES);
  #length = 0;

  /** Records are numbered from 0 to below this. */
  get length(): number {
    return this.#length;
  }

  /** A new one, of this entry of the book. */
  add(entry: number): number {
    if (this.#length * TIMES === this.#times.length) this.#grow();
    const record = this.#length++;
    this.#counts[record * COUNT_WORDS + ENTRY] = entry;
    return record;
  }

  entryOf(record: number): number {
    return read(this.#counts, record * COUNT_WORDS + ENTRY);
  }

  count(record: number, counter: Counter): void {
    add(this.#counts, record * COUNT_WORDS + counter, 1);
  }

  /** Likewise, with the time. True: it is the first. */
  countAt(record: number, counter: Timed, now: number): boolean {
    const isFirst = this.countOf(record, counter) === 0;
    if (isFirst) this.#times[record * TIMES + counter] = now;
    this.count(record, counter);
    return isFirst;
  }

  countOf(record: number, counter: Counter): number {
    return read(this.#counts, record * COUNT_WORDS + counter);
  }

  /** Milliseconds since 1970; null: never. */
  firstOf(record: number, counter: Timed): number | null {
    return this.countOf(record, counter) === 0 ? null : (this.#times[record * TIMES + counter] ?? null);
  }

  /** When the source came to be anything but admitted: Infinity where it did not. */
  since(record: number): number {
    return Math.min(this.firstOf(record, REPORTED) ?? Infinity, this.firstOf(record, REFUSED) ?? Infinity);
  }

  fateOf(record: number): Fate {
    if (this.countOf(record, BLOCKS) > 0) return 'blocked';
    if (this.countOf(record, REFUSED) > 0) return 'refused';
    return this.countOf(record, REPORTED) > 0 ? 'reported' : 'admitted';
  }

  /** Whether each number is that of another record. */
  hasNumbersOf(record: number, others: SourceRecords, other: number): boolean {
    return counters.every((counter) => this.countOf(record, counter) === others.countOf(other, counter));
  }

  resultOf(record: number, source: string, connections: number): SourceResult {
    return {
      source,
      fate: this.fateOf(record),
      connections,
      reported: this.countOf(record, REPORTED),
      refused: this.countOf(record, REFUSED),
      wouldRefuse: this.countOf(record, WOULD_REFUSE),
      blocks: this.countOf(record, BLOCKS),
      closed: this.countOf(record, CLOSED),
      firstReported: this.firstOf(record, REPORTED),
      firstRefused: this.firstOf(record, REFUSED),
      firstBlocked: this.firstOf(record, BLOCKS),
    };
  }

  #grow(): void {
    this.#counts = doubled(this.#counts);
    this.#times = doubledTimes(this.#times);
  }
}
