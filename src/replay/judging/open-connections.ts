import { read } from '../../memory/words.ts';
import { doubled } from '../doubled.ts';
import { Links } from '../links.ts';

// A connection: numbers + 1, so that 0 is none.
const POLICY = 0;
const SOURCE = 1;
const GROUP = 2;
const PLACE = 3;
const CONNECTION_WORDS = 4;

const firstConnections = 256;

/** What a connection of the capture is to a replay while it is open there, whatever has become of it here. */
export type OpenConnection = {
  /** Which of the replay's policies has taken it. */
  readonly policy: number;
  /** Its source in the policy's book, as the rule counts. */
  readonly source: number;
  /** Its source there, as the result tells them apart; NONE: it has no name in the result. */
  readonly group: number;
  /** Its number at the gate; NONE: it was refused. */
  readonly place: number;
};

/** The open connections of a capture by their numbers, 24 bytes for each. */
export class OpenConnections {
  /** Those that one source holds. */
  readonly held = new Links();
  #words = new Int32Array(firstConnections * CONNECTION_WORDS);

  add(connection: number, { policy, source, group, place }: OpenConnection): void {
    const at = connection * CONNECTION_WORDS;
    while (at >= this.#words.length) this.#words = doubled(this.#words);
    this.#words[at + POLICY] = policy + 1;
    this.#words[at + SOURCE] = source + 1;
    this.#words[at + GROUP] = group + 1;
    this.#words[at + PLACE] = place + 1;
  }

  remove(connection: number): void {
    this.#words[connection * CONNECTION_WORDS + POLICY] = 0;
  }

  /** NONE where no policy has taken it, or it is not open. */
  policyOf(connection: number): number {
    return this.#read(connection, POLICY);
  }

  sourceOf(connection: number): number {
    return this.#read(connection, SOURCE);
  }

  groupOf(connection: number): number {
    return this.#read(connection, GROUP);
  }

  /** NONE: it was refused, or a block has closed it. */
  placeOf(connection: number): number {
    return this.#read(connection, PLACE);
  }

  losePlace(connection: number): void {
    this.#words[connection * CONNECTION_WORDS + PLACE] = 0;
  }

  #read(connection: number, word: number): number {
    return read(this.#words, connection * CONNECTION_WORDS + word) - 1;
  }
}
