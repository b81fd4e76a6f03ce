/** So that a flood of connections leaves room for what is said in others. */
const fixedShare = 3 / 4;

/** What connections and their streams may hold together, and what one stream may; in bytes. */
export class MemoryBudget {
  readonly limit: number;
  readonly streamLimit: number;
  /** In all. */
  used = 0;
  /** Of that what connections and streams take that hold nothing. */
  fixed = 0;
  readonly #fixedLimit: number;
  #makeRoom: ((isAny: boolean) => boolean) | undefined;

  constructor(limit: number = 256 * 1024 * 1024, streamLimit: number = 4 * 1024 * 1024) {
    this.limit = limit;
    this.streamLimit = streamLimit;
    this.#fixedLimit = limit * fixedShare;
  }

  /** `makeRoom`: gives up what matters least, also what matters if it has to be any; false when there is nothing. */
  whenFull(makeRoom: (isAny: boolean) => boolean): void {
    this.#makeRoom = makeRoom;
  }

  /** Whether there is room for so many bytes that a stream wants to hold. Those make room that matter less. */
  hasRoomFor(bytes: number): boolean {
    while (this.used + bytes > this.limit) if (this.#makeRoom?.(false) !== true) return false;
    return true;
  }

  /** Takes what something costs that has to be. Others make room, as long as there are any. */
  takeFixed(bytes: number): void {
    this.used += bytes;
    this.fixed += bytes;
    while ((this.fixed > this.#fixedLimit || this.used > this.limit) && this.#makeRoom?.(true) === true);
  }

  giveFixed(bytes: number): void {
    this.used -= bytes;
    this.fixed -= bytes;
  }
}
