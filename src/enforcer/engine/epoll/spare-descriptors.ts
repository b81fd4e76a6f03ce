import { softDescriptorLimit } from '../../sockets/system-calls.ts';
import { EPOLL_CLOEXEC } from './calls.ts';
import type { Loop } from './loop.ts';

/**
 * Descriptors below the limit of the process that accept leaves free. The system gives the lowest that is free, so one
 * above this line says that all below are in use.
 */
const spare = 16;

/** What is left of the descriptors, and one that is held in reserve, so that even the last connection can be reset. */
export class SpareDescriptors {
  readonly #loop: Loop;
  #first: number;
  /** -1: there is none. */
  #reserve = -1;

  constructor(loop: Loop) {
    this.#loop = loop;
    this.#first = this.#firstSpare();
    this.#keepOne();
  }

  /** Whether a connection may have this one. */
  includes(descriptor: number): boolean {
    return descriptor >= this.#first;
  }

  /** Looks again: the limit may change while the process runs. False: the process or the system has none left. */
  look(): boolean {
    this.#first = this.#firstSpare();
    if (this.#reserve >= 0) this.release();
    this.#keepOne();
    return this.#reserve >= 0;
  }

  /** Makes room for one more. False: there was nothing in reserve. */
  release(): boolean {
    const reserve = this.#reserve;
    if (reserve < 0) return false;
    this.#reserve = -1;
    this.#loop.closeDescriptor(reserve);
    return true;
  }

  /** The room is free again. */
  restore(): void {
    if (this.#reserve < 0) this.#keepOne();
  }

  #firstSpare(): number {
    return Math.min(softDescriptorLimit(), this.#loop.descriptorLimit) - spare;
  }

  /** Any descriptor is as good as another. */
  #keepOne(): void {
    const { calls } = this.#loop;
    this.#reserve = calls.create(EPOLL_CLOEXEC);
    if (this.#reserve >= 0) this.#loop.entered(this.#reserve);
  }
}
