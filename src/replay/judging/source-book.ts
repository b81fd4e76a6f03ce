import { randomFillSync } from 'node:crypto';
import { add, read } from '../../memory/words.ts';
import { hashKey, isKeyAt, KEY_ADDRESS, KEY_PREFIX, KEY_WORDS, writeKey } from '../../verdict/table/key.ts';
import { doubled } from '../doubled.ts';
import { NONE } from '../links.ts';
import { type Prefixes, sourceName } from './source-names.ts';

// An entry: one source. Links to others are their number + 1, so that 0 is none.
const NEXT = 0;
const KEY = 1;
const OPEN = KEY + KEY_WORDS;
const PEAK = 8;
const CONNECTIONS = 9;
const HELD = 10;
/** 1: there was no room for it, and it goes with its last connection. */
const PASSING = 11;
const ENTRY_WORDS = 12;

const firstEntries = 64;

/** How many sources may still be entered for good, in all the books that share it. */
export type Room = { left: number };

/**
 * Sources by their masked addresses, about 56 bytes each. A replay of 1.2 million handshakes from as many sources took
 * 10.8 s of processor time and 797 MB with sources, open connections and records as objects in Maps, 7.1 s and 485 MB
 * with all of them packed, 8.4 s and 548 MB with the sources alone packed, as they are.
 *
 * They stay, so that it is known how many came and what each held at most, until there is no room: those that come
 * then are entered while they have open connections.
 */
export class SourceBook {
  readonly #policy: number;
  readonly #room: Room;
  readonly #seeds = randomFillSync(new Int32Array(2));
  readonly #key = new Int32Array(KEY_WORDS);
  #words = new Int32Array(firstEntries * ENTRY_WORDS);
  /** First entry of each chain; as many chains as there may be entries. */
  #heads = new Int32Array(firstEntries);
  #head = 0;
  #count = 0;
  #free = 0;

  constructor(policy: number, room: Room) {
    this.#policy = policy;
    this.#room = room;
  }

  /** The entry of an address masked by these prefixes, or NONE. */
  find(address: Uint32Array, { prefixV4, prefixV6 }: Prefixes): number {
    writeKey(this.#key, { policy: this.#policy, prefixV4, prefixV6 }, address, 0);
    return this.#findKey();
  }

  /** Likewise; who is not there is entered. NONE: there is no room to enter anybody for good. */
  enter(address: Uint32Array, prefixes: Prefixes): number {
    const known = this.find(address, prefixes);
    if (known !== NONE) return this.isPassing(known) ? NONE : known;
    if (this.#room.left === 0) return NONE;
    this.#room.left--;
    return this.#add();
  }

  /** Likewise, but without room an entry is given that goes with its last open connection. */
  enterOpen(address: Uint32Array, prefixes: Prefixes): number {
    const known = this.find(address, prefixes);
    if (known !== NONE) return known;
    const entry = this.#add();
    if (this.#room.left > 0) this.#room.left--;
    else this.#words[entry * ENTRY_WORDS + PASSING] = 1;
    return entry;
  }

  /** The entry of another book for the same source as one there, or NONE. */
  findAlike(other: SourceBook, entry: number): number {
    const from = entry * ENTRY_WORDS + KEY;
    this.#key.set(other.#words.subarray(from, from + KEY_WORDS));
    this.#key[0] = this.#policy;
    return this.#findKey();
  }

  isPassing(entry: number): boolean {
    return read(this.#words, entry * ENTRY_WORDS + PASSING) !== 0;
  }

  /** The masked address, with its prefix length where that is not the whole address. */
  nameOf(entry: number): string {
    const at = entry * ENTRY_WORDS + KEY;
    const address = Uint32Array.from(this.#words.subarray(at + KEY_ADDRESS, at + KEY_WORDS));
    return sourceName(address, read(this.#words, at + KEY_PREFIX));
  }

  /** Counts a connection that the source opens, whatever becomes of it. */
  opened(entry: number): void {
    const at = entry * ENTRY_WORDS;
    const open = read(this.#words, at + OPEN) + 1;
    this.#words[at + OPEN] = open;
    if (open > read(this.#words, at + PEAK)) this.#words[at + PEAK] = open;
  }

  closed(entry: number): void {
    const at = entry * ENTRY_WORDS;
    add(this.#words, at + OPEN, -1);
    if (read(this.#words, at + OPEN) === 0 && this.isPassing(entry)) this.#forget(entry);
  }

  countConnection(entry: number): void {
    add(this.#words, entry * ENTRY_WORDS + CONNECTIONS, 1);
  }

  connectionsOf(entry: number): number {
    return read(this.#words, entry * ENTRY_WORDS + CONNECTIONS);
  }

  /** A connection that it holds, or NONE; the others are linked to that. */
  heldOf(entry: number): number {
    return read(this.#words, entry * ENTRY_WORDS + HELD) - 1;
  }

  setHeld(entry: number, connection: number): void {
    this.#words[entry * ENTRY_WORDS + HELD] = connection + 1;
  }

  /** Shows those that have opened connections and stay, in the order in which they came. */
  visitPeaks(visit: (entry: number, peak: number) => void): void {
    for (let entry = 0; entry < this.#count; entry++) {
      const peak = read(this.#words, entry * ENTRY_WORDS + PEAK);
      if (peak > 0 && !this.isPassing(entry)) visit(entry, peak);
    }
  }

  #findKey(): number {
    this.#head = hashKey(read(this.#seeds, 0), read(this.#seeds, 1), this.#key, 0) & (this.#heads.length - 1);
    let link = read(this.#heads, this.#head);
    while (link !== 0 && !isKeyAt(this.#words, (link - 1) * ENTRY_WORDS + KEY, this.#key)) {
      link = read(this.#words, (link - 1) * ENTRY_WORDS + NEXT);
    }
    return link - 1;
  }

  /** Enters the key that was just not found. */
  #add(): number {
    const entry = this.#free === 0 ? this.#count : this.#free - 1;
    if (entry < this.#count) this.#free = read(this.#words, entry * ENTRY_WORDS + NEXT);
    else if (++this.#count > this.#heads.length) this.#grow();
    const at = entry * ENTRY_WORDS;
    this.#words.fill(0, at, at + ENTRY_WORDS);
    this.#words.set(this.#key, at + KEY);
    this.#words[at + NEXT] = read(this.#heads, this.#head);
    this.#heads[this.#head] = entry + 1;
    return entry;
  }

  #forget(entry: number): void {
    const at = entry * ENTRY_WORDS;
    const next = read(this.#words, at + NEXT);
    const head = this.#headOf(at);
    let link = read(this.#heads, head);
    if (link === entry + 1) this.#heads[head] = next;
    else {
      let before = 0;
      while (link !== entry + 1) {
        before = (link - 1) * ENTRY_WORDS;
        link = read(this.#words, before + NEXT);
      }
      this.#words[before + NEXT] = next;
    }
    this.#words[at + PEAK] = 0;
    this.#words[at + NEXT] = this.#free;
    this.#free = entry + 1;
  }

  #headOf(at: number): number {
    return (
      hashKey(read(this.#seeds, 0), read(this.#seeds, 1), this.#words, at + KEY) & (this.#heads.length - 1)
    );
  }

  /** Only when every entry is in use: none is free. */
  #grow(): void {
    const entries = this.#heads.length;
    this.#words = doubled(this.#words);
    this.#heads = new Int32Array(2 * entries);
    for (let entry = 0; entry < entries; entry++) {
      const at = entry * ENTRY_WORDS;
      const head = this.#headOf(at);
      this.#words[at + NEXT] = read(this.#heads, head);
      this.#heads[head] = entry + 1;
    }
    this.#head = hashKey(read(this.#seeds, 0), read(this.#seeds, 1), this.#key, 0) & (this.#heads.length - 1);
  }
}
