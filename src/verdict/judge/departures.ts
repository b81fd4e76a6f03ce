import { read } from '../../memory/words.ts';
import { uncount } from '../table/counting.ts';
import { CLOSING, isStalled, NO_SOCKET, OLDER, OVER, SOCKET, socketOf } from '../table/ledger.ts';
import { entryOf, type Ledgers } from '../table/ledgers.ts';
import { FRUITLESS, NEWEST, NEXT_LOOK, type SourcesTable } from '../table/table.ts';
import { elapsed } from '../table/ticks.ts';

/** What the system knows of the sockets of all workers. Called under a lock: it allocates nothing and can't throw. */
export interface SocketProbe {
  /**
   * Says of the first `count` sockets which connection is over: BROKEN where the system has a reset of it, ENDED where it
   * has an end from both sides and whoever reads it is about to see that; else 0. The socket of a connection that closes
   * meanwhile may be somebody else's: then the answer does not matter.
   */
  probe(sockets: Int32Array, over: Uint8Array, count: number): void;
}

export const ENDED = 1;
export const BROKEN = 2;

/** What a look at the connections of a source has found. */
export const NONE_IS_OVER = 0;
export const SOME_WERE_OVER = 1;
/** A worker is closing one at this very moment. */
export const ONE_IS_CLOSING = 2;

/** The newest are looked at: a source that holds more is no client that comes and goes. */
const most = 256;
/** Looks in a row that may find nothing before there is a pause after each, which doubles: a flood is refused as fast as ever. */
const patience = 4;
/** Microseconds. */
const longestPause = 1024;
/** Microseconds without a look after which the next one is the first again. */
const forgetting = 10_000;

function pauseAfter(fruitless: number): number {
  return fruitless < patience ? 0 : Math.min(longestPause, 2 ** fruitless);
}

/**
 * Finds out, before a source is held to its limit, which of its connections are over without anybody having told: their
 * ends wait to be read, perhaps by another worker, while the client has come again.
 */
export class Departures {
  readonly #table: SourcesTable;
  readonly #ledgers: Ledgers;
  readonly #probe: SocketProbe;
  readonly #references = new Int32Array(most);
  /** As their entries say it, and as the probe knows them. */
  readonly #entered = new Int32Array(most);
  readonly #sockets = new Int32Array(most);
  readonly #over = new Uint8Array(most);

  constructor(table: SourcesTable, ledgers: Ledgers, probe: SocketProbe) {
    this.#table = table;
    this.#ledgers = ledgers;
    this.#probe = probe;
  }

  /**
   * Counts those out that are over, lock held. With the last of them the slot may be gone.
   *
   * @param judged the socket of the connection that is judged: another of that number is none any more, its worker has ended
   * @param moment microseconds, modulo 2^32
   */
  settle(slot: number, judged: number, moment: number): number {
    const { words } = this.#table;
    const at = this.#table.slotAt(slot);
    const cold = this.#table.coldAt(at);
    const left = elapsed(moment, read(words, at + NEXT_LOOK));
    if (left > 0 && left <= longestPause) return NONE_IS_OVER;
    // The words may be those of a former source, and then of any time.
    const isFirst = left > 0 || left < -forgetting;
    const fruitless = isFirst ? 0 : read(words, cold + FRUITLESS);
    const count = this.#gather(read(words, at + NEWEST));
    if (count < 0) return ONE_IS_CLOSING;
    this.#probe.probe(this.#sockets, this.#over, count);
    let found = NONE_IS_OVER;
    let isClosing = false;
    for (let index = 0; index < count; index++) {
      const reference = read(this.#references, index);
      const socket = Atomics.load(this.#ledgers.wordsOf(reference), entryOf(reference) + SOCKET);
      // What its worker has begun to close since may have been asked about under the number of another socket.
      if (socket === CLOSING) isClosing = true;
      if (socket !== this.#entered[index] || !this.#isOver(index, judged)) continue;
      uncount(this.#table, this.#ledgers, reference, OVER);
      found = SOME_WERE_OVER;
    }
    if (found === SOME_WERE_OVER) {
      words[cold + FRUITLESS] = 0;
      return found;
    }
    if (isClosing) return ONE_IS_CLOSING;
    words[cold + FRUITLESS] = fruitless + 1;
    words[at + NEXT_LOOK] = (moment + pauseAfter(fruitless)) | 0;
    return NONE_IS_OVER;
  }

  /** What stalls is read no further: its end says nothing, a reset does. */
  #isOver(index: number, judged: number): boolean {
    const over = this.#over[index];
    return (
      over === BROKEN ||
      (over === ENDED && !isStalled(read(this.#entered, index))) ||
      this.#sockets[index] === judged
    );
  }

  /** Collects connections that can be asked about. Returns how many; -1: one is closing. */
  #gather(newest: number): number {
    let count = 0;
    let looked = 0;
    for (let reference = newest; reference !== 0 && looked < most; looked++) {
      const words = this.#ledgers.wordsOf(reference);
      const entry = entryOf(reference);
      const socket = Atomics.load(words, entry + SOCKET);
      if (socket === CLOSING) return -1;
      if (socket !== NO_SOCKET) {
        this.#references[count] = reference;
        this.#entered[count] = socket;
        this.#sockets[count] = socketOf(socket);
        count++;
      }
      reference = read(words, entry + OLDER);
    }
    return count;
  }
}
