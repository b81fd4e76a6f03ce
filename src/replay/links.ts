import { read } from '../memory/words.ts';
import { doubled } from './doubled.ts';

/** In place of a number. */
export const NONE = -1;

const firstNumbers = 256;

/** The ends of a list; NONE both while it is empty. */
export type List = { first: number; last: number };

export function emptyList(): List {
  return { first: NONE, last: NONE };
}

/** Lists of numbers, none of which is in two: 8 bytes for each up to the highest. Where a list begins others know. */
export class Links {
  /** Of each number the one after it and the one before it, + 1; 0: none. */
  #words = new Int32Array(2 * firstNumbers);

  after(number: number): number {
    return read(this.#words, 2 * number) - 1;
  }

  before(number: number): number {
    return read(this.#words, 2 * number + 1) - 1;
  }

  /** Makes them neighbours; either may be NONE. */
  join(one: number, other: number): void {
    while (2 * Math.max(one, other) >= this.#words.length) this.#words = doubled(this.#words);
    if (one !== NONE) this.#words[2 * one] = other + 1;
    if (other !== NONE) this.#words[2 * other + 1] = one + 1;
  }

  append(list: List, number: number): void {
    this.join(list.last, number);
    this.join(number, NONE);
    if (list.first === NONE) list.first = number;
    list.last = number;
  }

  remove(list: List, number: number): void {
    const [before, after] = [this.before(number), this.after(number)];
    this.join(before, after);
    if (before === NONE) list.first = after;
    if (after === NONE) list.last = before;
  }
}
