import type { LuaStack } from '../values/stack.ts';

/** A string in the making: it grows outside of Lua's memory, and no further than that may. */
export class Output {
  #bytes = new Uint8Array(256);
  #length = 0;
  readonly #stack: LuaStack;

  constructor(stack: LuaStack) {
    this.#stack = stack;
  }

  add(part: Uint8Array): void {
    this.#stack.meter.chargeBytes(part.length);
    this.#stack.meter.checkSize(this.#length + part.length);
    if (this.#length + part.length > this.#bytes.length) {
      const larger = new Uint8Array(2 * (this.#length + part.length));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(part, this.#length);
    this.#length += part.length;
  }

  push(): void {
    this.#stack.pushBytes(this.#bytes.subarray(0, this.#length));
  }
}
