import { read } from '../../memory/words.ts';
import { ADDRESS, FLAGS, OVER, POLICY, SILENT, SLOT, TOUCHED } from '../table/ledger.ts';
import { entryOf, Ledgers, referenceOf } from '../table/ledgers.ts';

/** A connection that counts, for whoever counts it elsewhere too: `reference`, policy, four words of address, whether silent. */
export const ENTRY_WORDS = 7;

/** What has become of the connections of some ledgers. */
export type EntryChanges = {
  /** ENTRY_WORDS words for each that counts now. */
  readonly entered: Int32Array;
  /** Those that count no more. One that is entered again is here, too: it is another. */
  readonly released: Int32Array;
  /** Two words each: the reference, and 1 where it has fallen silent, 0 where it speaks. */
  readonly marked: Int32Array;
};

/**
 * Compares the ledgers of all workers with what they were when this was asked last: at first with nothing. While a
 * connection comes, what is read of it may be half of it; the next comparison puts that right.
 */
export class EntryWatch {
  readonly #ledgers: Ledgers;
  /** By reference, without the reference itself. */
  readonly #known = new Map<number, Int32Array>();
  /** By worker: how many entries it had used. */
  readonly #touched: number[] = [];

  constructor(ledgers: readonly SharedArrayBuffer[]) {
    this.#ledgers = new Ledgers(ledgers);
  }

  changes(): EntryChanges {
    const entered: number[] = [];
    const released: number[] = [];
    const marked: number[] = [];
    for (let worker = 1; worker <= this.#ledgers.workers; worker++) {
      this.#forgetEmptied(worker, released);
      this.#ledgers.each(worker, (reference, words) => {
        const entry = entryOf(reference);
        const known = this.#known.get(reference);
        const flags = Atomics.load(words, entry + FLAGS);
        if (flags === 0 || Atomics.load(words, entry + SLOT) === OVER) {
          if (known === undefined) return;
          this.#known.delete(reference);
          released.push(reference);
          return;
        }
        const silent = (flags & SILENT) === 0 ? 0 : 1;
        if (known !== undefined && isOf(known, words, entry)) {
          if (known[SILENT_AT] === silent) return;
          known[SILENT_AT] = silent;
          marked.push(reference, silent);
          return;
        }
        if (known !== undefined) released.push(reference);
        const now = Int32Array.of(read(words, entry + POLICY), ...addressAt(words, entry), silent);
        this.#known.set(reference, now);
        entered.push(reference, ...now);
      });
    }
    return {
      entered: Int32Array.from(entered),
      released: Int32Array.from(released),
      marked: Int32Array.from(marked),
    };
  }

  /** The ledger of a worker that has ended is emptied. */
  #forgetEmptied(worker: number, released: number[]): void {
    const before = this.#touched[worker] ?? 0;
    const touched = Atomics.load(this.#ledgers.wordsOf(worker), TOUCHED);
    this.#touched[worker] = touched;
    for (let connection = touched; connection < before; connection++) {
      const reference = referenceOf(worker, connection);
      if (this.#known.delete(reference)) released.push(reference);
    }
  }
}

const SILENT_AT = 5;

function addressAt(words: Int32Array, entry: number): readonly number[] {
  return [0, 1, 2, 3].map((word) => read(words, entry + ADDRESS + word));
}

function isOf(known: Int32Array, words: Int32Array, entry: number): boolean {
  if (known[0] !== read(words, entry + POLICY)) return false;
  for (let word = 0; word < 4; word++)
    if (known[1 + word] !== read(words, entry + ADDRESS + word)) return false;
  return true;
}
