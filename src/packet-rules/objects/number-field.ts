import type { Field } from '../../lua/values/userdata-type.ts';

/** An unsigned integer of so many bits, as writing any number to a field of that width leaves it. */
export function wrap(value: number, bits: number): number {
  const size = 2 ** bits;
  const rest = Math.trunc(value) % size;
  return Number.isNaN(rest) ? 0 : rest < 0 ? rest + size : rest;
}

/** Numbers go to Lua as the floats that all numbers of Lua 5.1 are: they print alike here (see lua51.ts). */
export function numberField<T>(
  bits: number,
  get: (self: T) => number,
  set: (self: T, value: number) => void,
): Field<T> {
  return {
    get: (stack, self) => stack.pushNumber(get(self)),
    set: (stack, self) => set(self, wrap(stack.number(3), bits)),
  };
}

export function flagField<T>(get: (self: T) => boolean, set: (self: T, on: boolean) => void): Field<T> {
  return {
    get: (stack, self) => stack.pushBoolean(get(self)),
    // A flag was a number of C: 0 clears it.
    set: (stack, self) => set(self, stack.boolean(3) && !(stack.isNumber(3) && stack.number(3) === 0)),
  };
}
