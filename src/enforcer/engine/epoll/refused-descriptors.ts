import type { Loop } from './loop.ts';

/** Descriptors of connections that are refused: those whose numbers follow on one another are closed in one call. */
export class RefusedDescriptors {
  readonly #loop: Loop;
  #first = 0;
  #count = 0;

  constructor(loop: Loop) {
    this.#loop = loop;
  }

  /** `close` must follow. */
  add(descriptor: number): void {
    if (descriptor !== this.#first + this.#count) this.close();
    if (this.#count === 0) this.#first = descriptor;
    this.#count += 1;
  }

  close(): void {
    const count = this.#count;
    this.#count = 0;
    if (count === 1) this.#loop.closeDescriptor(this.#first);
    else if (count > 1) this.#loop.closeDescriptors(this.#first, count);
  }
}
