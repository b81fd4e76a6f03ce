import type { Field } from '../../lua/values/userdata-type.ts';

/** The unsigned integer of so many bits that a field of that width holds after a number was written to it. */
export function wrap(value: number, bits: number): number {
  const size = 2 ** bits;
  const rest = Math.trunc(value) % size;
  return Number.isNaN(rest) ? 0 : rest < 0 ? rest + size : rest;
}

/** A field with a number. Lua gets a float, as all numbers of Lua 5.1 are; see lua51.ts for how it prints. */
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
    // In Haka a flag is a number of C, so that 0 clears it.
    set: (stack, self) => set(self, stack.boolean(3) && !(stack.isNumber(3) && stack.number(3) === 0)),
  };
}
