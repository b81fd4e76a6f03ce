import type { Lines } from './printed.ts';

/**
 * Lines that are made as they are asked for. What they are made from may be about to change: then those that are left can
 * all be made before.
 */
export class LinesAhead {
  readonly #lines: Iterator<string | undefined>;
  #made: Iterator<string | undefined> | undefined;

  constructor(lines: Lines) {
    this.#lines = lines[Symbol.iterator]();
  }

  next(): IteratorResult<string | undefined, unknown> {
    return (this.#made ?? this.#lines).next();
  }

  /** Makes all that are left. One that can't be made throws where it is asked for. */
  makeAll(): void {
    if (this.#made !== undefined) return;
    const lines: string[] = [];
    let failure: { readonly error: unknown } | undefined;
    try {
      for (let next = this.#lines.next(); next.done !== true; next = this.#lines.next()) {
        if (next.value !== undefined) lines.push(next.value);
      }
    } catch (error) {
      failure = { error };
    }
    this.#made = made(lines, failure);
  }
}

function* made(
  lines: readonly string[],
  failure: { readonly error: unknown } | undefined,
): Generator<string, void> {
  yield* lines;
  if (failure !== undefined) throw failure.error;
}
