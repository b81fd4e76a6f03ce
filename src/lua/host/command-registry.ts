import type { Command } from '../values/stack.ts';

/** The commands of a state. A function of Lua that calls one keeps its number. */
export class CommandRegistry {
  readonly #commands: Command[] = [];
  readonly #numbers = new Map<Command, number>();

  numberOf(command: Command): number {
    const known = this.#numbers.get(command);
    if (known !== undefined) return known;
    const number = this.#commands.push(command) - 1;
    this.#numbers.set(command, number);
    return number;
  }

  at(number: number): Command | undefined {
    return this.#commands[number];
  }
}
