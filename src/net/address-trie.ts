import type { AddressWords } from './address-bounds.ts';

// A node: one prefix, and all that hangs below it is within it. Node 0 is no node; the root is node 1.
const LENGTH = 0;
const MARKS = 1;
/** Two words: the node behind a bit 0 and the one behind a bit 1 that follows the prefix; 0 = none. */
const CHILDREN = 2;
const ADDRESS = 4;
const NODE_WORDS = 8;
const ROOT = NODE_WORDS;

const BITS = 128;

/** Everything that reads nodes takes words from here: in bounds by construction. */
function at(words: Int32Array | Uint32Array, index: number): number {
  return words[index] ?? 0;
}

function bitOf(words: Int32Array | Uint32Array, start: number, bit: number): number {
  return (at(words, start + (bit >>> 5)) >>> (31 - (bit & 31))) & 1;
}

/**
 * The union of the marks of all entries that hold an address. It walks down the prefixes, at most one node for
 * each bit and one step for a run of them; it allocates nothing.
 *
 * @param map the words of what `AddressTrie.toBuffer` gave
 * @param address four words in network order from `start`; IPv4 as ::ffff:a.b.c.d
 */
export function lookUp(map: Int32Array, address: Uint32Array | Int32Array, start = 0): number {
  let marks = 0;
  let node = ROOT;
  while (node !== 0) {
    const length = at(map, node + LENGTH);
    if (commonBits(map, node + ADDRESS, address, start, length) < length) return marks;
    marks |= at(map, node + MARKS);
    if (length === BITS) return marks;
    node = at(map, node + CHILDREN + bitOf(address, start, length));
  }
  return marks;
}

/**
 * Every set of marks that an address of a network may have, as `lookUp` would give it: 0 stands for one that no entry
 * holds. It may name one that no address has, where smaller prefixes make up a whole one.
 *
 * @param length bits of the network, over 128
 */
export function marksWithin(map: Int32Array, network: Uint32Array, length: number): ReadonlySet<number> {
  const found = new Set<number>();
  const open: (readonly [node: number, marks: number])[] = [[ROOT, 0]];
  let around = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, above] = next;
    const own = at(map, node + LENGTH);
    const most = Math.min(own, length);
    if (commonBits(map, node + ADDRESS, network, 0, most) < most) continue;
    const marks = above | at(map, node + MARKS);
    if (own <= length) around = marks;
    else found.add(marks);
    if (own === BITS) continue;
    const sides = own < length ? [bitOf(network, 0, own)] : [0, 1];
    for (const side of sides) {
      const child = at(map, node + CHILDREN + side);
      if (child !== 0) open.push([child, marks]);
    }
  }
  return found.add(around);
}

/** How many leading bits two addresses share, `most` at most. */
function commonBits(
  one: Int32Array | Uint32Array,
  oneAt: number,
  other: Int32Array | Uint32Array,
  otherAt: number,
  most: number,
): number {
  for (let bits = 0, word = 0; bits < most; bits += 32, word++) {
    const difference = at(one, oneAt + word) ^ at(other, otherAt + word);
    if (difference !== 0) return Math.min(most, bits + Math.clz32(difference));
  }
  return most;
}

/** Prefixes with marks, as a path-compressed binary trie in one array of words. */
export class AddressTrie {
  #words = new Int32Array(1024 * NODE_WORDS);
  #end = ROOT + NODE_WORDS;

  /** Marks the addresses from `first` to `last`, both included, as the fewest prefixes that make them up. */
  addRange(first: AddressWords, last: AddressWords, marks: number): void {
    const from = Int32Array.from(first);
    const to = Int32Array.from(last);
    const common = commonBits(from, 0, to, 0, BITS);
    const zeros = runAtEnd(from, 0, BITS - common);
    const ones = runAtEnd(to, 1, BITS - common);
    if (zeros === BITS - common && ones === zeros) {
      this.#add(from, common, marks);
      return;
    }
    // Below the bit in which they differ: up from `first`, each time that a 0 has a 1 beside it, and likewise down to `last`.
    this.#addSide(from, common, Math.min(zeros, BITS - common - 1), 0, marks);
    this.#addSide(to, common, Math.min(ones, BITS - common - 1), 1, marks);
  }

  /** Shared memory for `lookUp`, of the size that is needed. */
  toBuffer(): SharedArrayBuffer {
    const buffer = new SharedArrayBuffer(this.#end * Int32Array.BYTES_PER_ELEMENT);
    new Int32Array(buffer).set(this.#words.subarray(0, this.#end));
    return buffer;
  }

  #addSide(bound: Int32Array, common: number, run: number, side: 0 | 1, marks: number): void {
    this.#add(bound, BITS - run, marks);
    const beside = new Int32Array(4);
    for (let bit = BITS - run - 1; bit > common; bit--) {
      if (bitOf(bound, 0, bit) !== side) continue;
      beside.set(bound);
      beside[bit >>> 5] = at(beside, bit >>> 5) ^ (1 << (31 - (bit & 31)));
      this.#add(beside, bit + 1, marks);
    }
  }

  /** Bits of `address` behind the first `length` mean nothing. */
  #add(address: Int32Array, length: number, marks: number): void {
    let node = ROOT;
    let inherited = 0;
    for (;;) {
      const words = this.#words;
      inherited |= at(words, node + MARKS);
      // What holds all of it says all of it already.
      if ((marks & ~inherited) === 0) return;
      const own = at(words, node + LENGTH);
      if (own === length) {
        words[node + MARKS] = at(words, node + MARKS) | marks;
        return;
      }
      const link = node + CHILDREN + bitOf(address, 0, own);
      const child = at(words, link);
      if (child === 0) {
        this.#link(link, this.#create(address, length, marks));
        return;
      }
      const shared = commonBits(
        words,
        child + ADDRESS,
        address,
        0,
        Math.min(length, at(words, child + LENGTH)),
      );
      if (shared === at(words, child + LENGTH)) {
        node = child;
        continue;
      }
      const fork = this.#create(address, shared, shared === length ? marks : 0);
      this.#link(link, fork);
      this.#link(fork + CHILDREN + bitOf(this.#words, child + ADDRESS, shared), child);
      if (shared < length) {
        this.#link(fork + CHILDREN + bitOf(address, 0, shared), this.#create(address, length, marks));
      }
      return;
    }
  }

  /** After it `this.#words` may be another array. */
  #create(address: Int32Array, length: number, marks: number): number {
    const node = this.#end;
    this.#end += NODE_WORDS;
    if (this.#end > this.#words.length) {
      const larger = new Int32Array(this.#words.length * 2);
      larger.set(this.#words);
      this.#words = larger;
    }
    this.#words[node + LENGTH] = length;
    this.#words[node + MARKS] = marks;
    this.#words.set(address, node + ADDRESS);
    return node;
  }

  #link(link: number, node: number): void {
    this.#words[link] = node;
  }
}

/** How many bits at the end of an address are all `bit`, `most` at most. */
function runAtEnd(address: Int32Array, bit: 0 | 1, most: number): number {
  let run = 0;
  while (run < most && bitOf(address, 0, BITS - 1 - run) === bit) run++;
  return run;
}
