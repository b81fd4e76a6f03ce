import type { Confirmation, StoredConfirmation } from '../../store/confirmation.ts';

/** Milliseconds: `wall` since 1970, `monotonic` since any moment. */
export type Clocks = { readonly wall: () => number; readonly monotonic: () => number };

type Kept = Pick<StoredConfirmation, 'get' | 'set' | 'clear'>;

const ownClocks: Clocks = { wall: Date.now, monotonic: () => performance.now() };

/** Milliseconds between two looks at the clocks. */
const lookInterval = 500;
/** Milliseconds until what could not be saved is tried again. */
const retryInterval = 5000;

/**
 * The revision that waits for its confirmation, and its time: by the wall clock, which goes on while no process runs, or
 * by the monotonic one, which nobody can set, whichever comes first.
 */
export class AwaitedConfirmation {
  readonly #stored: Kept;
  readonly #overdue: (confirmation: Confirmation) => void;
  readonly #clocks: Clocks;
  #current: Confirmation | undefined;
  /** When it is overdue by the monotonic clock. */
  #end = 0;
  #timer: NodeJS.Timeout | undefined;

  /** @param overdue is to bring back what was before it, and to call `over` */
  constructor(stored: Kept, overdue: (confirmation: Confirmation) => void, clocks: Clocks = ownClocks) {
    this.#stored = stored;
    this.#overdue = overdue;
    this.#clocks = clocks;
  }

  get current(): Confirmation | undefined {
    return this.#current;
  }

  get remaining(): number {
    if (this.#current === undefined) return 0;
    const { wall, monotonic } = this.#clocks;
    return Math.max(0, Math.min(this.#current.deadline - wall(), this.#end - monotonic()));
  }

  /** Waits for what another process has left; one that is overdue by now is dealt with at once. */
  resume(): void {
    const left = this.#stored.get();
    if (left !== undefined) this.#wait(left, left.deadline - this.#clocks.wall());
  }

  /** Inside the transaction of a commit that is to be confirmed within so many milliseconds. */
  store(confirmation: Omit<Confirmation, 'deadline'>, within: number): Confirmation {
    const stored = { ...confirmation, deadline: this.#clocks.wall() + within };
    this.#stored.set(stored);
    return stored;
  }

  /** The transaction of that commit is in the database. */
  begin(confirmation: Confirmation, within: number): void {
    this.#wait(confirmation, within);
  }

  /** Inside the transaction that ends it, if there is one. */
  forget(): void {
    this.#stored.clear();
  }

  /** What was before it could not be brought back: it waits until `retry` can. */
  later(retry: () => void): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(retry, retryInterval).unref();
  }

  /** It is in force for good, or gone, or no concern of this process any more. */
  over(): void {
    clearTimeout(this.#timer);
    this.#current = undefined;
  }

  #wait(confirmation: Confirmation, within: number): void {
    this.#current = confirmation;
    this.#end = this.#clocks.monotonic() + within;
    this.#look();
  }

  #look(): void {
    const { remaining } = this;
    if (this.#current === undefined) return;
    if (remaining > 0)
      this.#timer = setTimeout(() => this.#look(), Math.min(remaining, lookInterval)).unref();
    else this.#overdue(this.#current);
  }
}
