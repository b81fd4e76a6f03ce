import { createHash, randomBytes } from 'node:crypto';
import { pid } from 'node:process';
import { LuaError } from '../../../lua/host/errors.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { GlobalTable } from './global.ts';

const longest = 4096;
const hexadecimal = '0123456789abcdef';
const digits = '0123456789';
const alphanumeric = `${digits}ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz`;
const integers = 2 ** 31;

/** Random numbers: from the system, or after a seed from it, by SHA-256 of a counter. */
class RandomSource {
  #seed: string | null = null;
  #drawn = 0;

  plant(seed: string): void {
    this.#seed = seed;
    this.#drawn = 0;
  }

  /** An integer from 0 to below `bound`, which is at most 2^31. */
  below(bound: number): number {
    const bytes =
      this.#seed === null
        ? randomBytes(6)
        : createHash('sha256')
            .update(`${this.#drawn++}:${this.#seed}`)
            .digest();
    return bytes.readUIntBE(0, 6) % bound;
  }
}

function sequence(stack: LuaStack, source: RandomSource, alphabet: string): number {
  const length = stack.integer(1);
  if (length < 0 || length > longest) throw new LuaError(`a length from 0 to ${longest}, not ${length}`);
  stack.meter.charge(length * 20);
  stack.pushText(Array.from({ length }, () => alphabet[source.below(alphabet.length)]).join(''));
  return 1;
}

/** FortiADC Script Reference Guide 8.0.0, "Global commands". A seed holds for one policy in one worker. */
export function randomFunctions(): GlobalTable {
  const source = new RandomSource();
  return {
    rand: (stack) => {
      stack.pushInteger(source.below(integers));
      return 1;
    },
    srand: (stack) => {
      source.plant(stack.text(1));
      return 0;
    },
    rand_hex: (stack) => sequence(stack, source, hexadecimal),
    rand_alphanum: (stack) => sequence(stack, source, alphanumeric),
    rand_seq: (stack) => sequence(stack, source, digits),
    get_pid: (stack) => {
      stack.pushInteger(pid);
      return 1;
    },
  };
}
