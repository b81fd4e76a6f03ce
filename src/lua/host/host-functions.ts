import type { HostFunction } from '../values/stack.ts';

/** The functions of the host that a state can call. The C function for one has its number as an upvalue. */
export class HostFunctions {
  readonly #functions: HostFunction[] = [];
  readonly #numbers = new Map<HostFunction, number>();

  numberOf(run: HostFunction): number {
    const known = this.#numbers.get(run);
    if (known !== undefined) return known;
    const number = this.#functions.push(run) - 1;
    this.#numbers.set(run, number);
    return number;
  }

  at(number: number): HostFunction | undefined {
    return this.#functions[number];
  }
}
