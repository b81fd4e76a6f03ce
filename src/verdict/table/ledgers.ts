import { read, type Words } from '../../memory/words.ts';
import { entryAt, NEWER, OLDER, TOUCHED } from './ledger.ts';
import { NEWEST, type SourcesTable } from './table.ts';

const WORKER_BITS = 8;
const WORKERS = 1 << WORKER_BITS;

/** A connection of any worker in one word, never 0. Workers are numbered from 1, connections as their ledger does. */
export function referenceOf(worker: number, connection: number): number {
  return (connection << WORKER_BITS) | worker;
}

/** Where the entry of a connection begins in the ledger of its worker. */
export function entryOf(reference: number): number {
  return entryAt(reference >>> WORKER_BITS);
}

/** The ledgers of all workers: the connections of a source are a list that goes over them. */
export class Ledgers {
  readonly #words: readonly Words[];

  /** @param buffers by the number of the worker, from that of worker 1 on */
  constructor(buffers: readonly SharedArrayBuffer[]) {
    if (buffers.length >= WORKERS) throw new RangeError(`there are at most ${WORKERS - 1} workers`);
    this.#words = buffers.map((buffer) => new Int32Array(buffer));
  }

  get workers(): number {
    return this.#words.length;
  }

  /** Shows every entry that a worker has ever used, with its ledger. */
  each(worker: number, visit: (reference: number, words: Words) => void): void {
    const words = this.wordsOf(worker);
    const touched = Atomics.load(words, TOUCHED);
    for (let connection = 0; connection < touched; connection++)
      visit(referenceOf(worker, connection), words);
  }

  /** The ledger that a connection is in. */
  wordsOf(reference: number): Words {
    const words = this.#words[(reference & (WORKERS - 1)) - 1];
    if (words === undefined) throw new RangeError(`there is no connection ${reference}`);
    return words;
  }

  /** Puts a connection first in the list of the slot that begins at `at`, lock held. */
  link(table: SourcesTable, at: number, reference: number): void {
    const words = this.wordsOf(reference);
    const entry = entryOf(reference);
    const older = read(table.words, at + NEWEST);
    words[entry + NEWER] = 0;
    words[entry + OLDER] = older;
    if (older !== 0) this.wordsOf(older)[entryOf(older) + NEWER] = reference;
    table.words[at + NEWEST] = reference;
  }

  /** Takes a connection off that list, lock held. */
  unlink(table: SourcesTable, at: number, reference: number): void {
    const words = this.wordsOf(reference);
    const entry = entryOf(reference);
    const newer = read(words, entry + NEWER);
    const older = read(words, entry + OLDER);
    if (newer === 0) table.words[at + NEWEST] = older;
    else this.wordsOf(newer)[entryOf(newer) + OLDER] = older;
    if (older !== 0) this.wordsOf(older)[entryOf(older) + NEWER] = newer;
  }
}
