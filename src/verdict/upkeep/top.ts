type Ranked<T> = { readonly rank: number; readonly value: T };

/** Keeps the values of the highest ranks out of many, in a heap with the lowest of them on top. */
export class Top<T> {
  readonly #count: number;
  readonly #heap: Ranked<T>[] = [];

  constructor(count: number) {
    this.#count = count;
  }

  /** Whether a value of this rank would be kept now. Of equal ranks the first ones are. */
  takes(rank: number): boolean {
    const lowest = this.#heap[0];
    return this.#heap.length < this.#count || (lowest !== undefined && rank > lowest.rank);
  }

  /** Only what it `takes`. */
  add(rank: number, value: T): void {
    if (this.#heap.length < this.#count) this.#rise({ rank, value });
    else this.#sink({ rank, value });
  }

  /** The highest rank first. */
  inOrder(): T[] {
    return [...this.#heap].sort((one, other) => other.rank - one.rank).map(({ value }) => value);
  }

  #rise(added: Ranked<T>): void {
    const heap = this.#heap;
    let hole = heap.length;
    heap.push(added);
    while (hole > 0) {
      const above = (hole - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.rank <= added.rank) break;
      heap[hole] = parent;
      hole = above;
    }
    heap[hole] = added;
  }

  /** Takes the place of the lowest. */
  #sink(added: Ranked<T>): void {
    const heap = this.#heap;
    let hole = 0;
    for (;;) {
      const left = heap[2 * hole + 1];
      const right = heap[2 * hole + 2];
      const isRight = left !== undefined && right !== undefined && right.rank < left.rank;
      const child = isRight ? right : left;
      if (child === undefined || child.rank >= added.rank) break;
      heap[hole] = child;
      hole = 2 * hole + (isRight ? 2 : 1);
    }
    heap[hole] = added;
  }
}
