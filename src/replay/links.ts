import { read } from '../verdict/words.ts';
import { doubled } from './doubled.ts';

/** In place of a number. */
export const NONE = -1;

const FIRST_NUMBERS = 256;

/** Lists of numbers, none of which is in two: 8 bytes for each up to the highest. Where a list begins others know. */
export class Links {
  /** Of each number the one after it and the one before it, + 1; 0: none. */
  #words: Int32Array;

  /** `room`: for numbers up to this it need not grow. */
  constructor(room = FIRST_NUMBERS) {
    this.#words = new Int32Array(2 * room);
  }

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
}
