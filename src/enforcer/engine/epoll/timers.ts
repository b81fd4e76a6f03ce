import type { Timer } from '../engine.ts';

class HeapTimer implements Timer {
  readonly callback: () => void;
  /** Milliseconds from one call to the next; -1: there is one call only. */
  readonly interval: number;
  /** On the clock of the timers. */
  due: number;
  isStopped = false;

  constructor(due: number, interval: number, callback: () => void) {
    this.due = due;
    this.interval = interval;
    this.callback = callback;
  }

  stop(): void {
    this.isStopped = true;
  }
}

/** Milliseconds until a clock is at the next multiple of an interval. */
function untilNext(interval: number, now: number): number {
  return interval - (now % interval);
}

/** Timers, the next one first: a binary heap, whose stopped ones leave it when they would have been due. */
export class Timers {
  readonly #heap: HeapTimer[] = [];
  readonly #now: () => number;

  /** `now` in milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  after(milliseconds: number, callback: () => void): Timer {
    return this.#add(milliseconds, -1, callback);
  }

  /** Calls at multiples of so many milliseconds: those that are called at the same moment wake the thread once. */
  every(milliseconds: number, callback: () => void): Timer {
    // Whole ones: what is left until the next multiple is never rounded to nothing.
    const interval = Math.max(1, Math.ceil(milliseconds));
    return this.#add(untilNext(interval, this.#now()), interval, callback);
  }

  /** When the next one is due; infinite without one. */
  get next(): number {
    return this.#heap[0]?.due ?? Number.POSITIVE_INFINITY;
  }

  /** Calls those that are due by now, each once. */
  run(now: number): void {
    for (let timer = this.#heap[0]; timer !== undefined && timer.due <= now; timer = this.#heap[0]) {
      if (timer.isStopped || timer.interval < 0) {
        this.#removeFirst();
      } else {
        // From now on, not from when it was due: one that was late does not run twice.
        timer.due = now + untilNext(timer.interval, now);
        this.#sink(0);
      }
      if (!timer.isStopped) timer.callback();
    }
  }

  #add(milliseconds: number, interval: number, callback: () => void): Timer {
    const timer = new HeapTimer(this.#now() + milliseconds, interval, callback);
    this.#heap.push(timer);
    this.#rise(this.#heap.length - 1);
    return timer;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#sink(0);
  }

  #dueAt(index: number): number {
    return this.#heap[index]?.due ?? Number.POSITIVE_INFINITY;
  }

  #rise(from: number): void {
    for (let index = from; index > 0; ) {
      const parent = (index - 1) >> 1;
      if (this.#dueAt(parent) <= this.#dueAt(index)) return;
      this.#swap(parent, index);
      index = parent;
    }
  }

  #sink(from: number): void {
    for (let index = from; ; ) {
      const left = index * 2 + 1;
      const least = this.#dueAt(left + 1) < this.#dueAt(left) ? left + 1 : left;
      if (this.#dueAt(index) <= this.#dueAt(least)) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #swap(one: number, other: number): void {
    const first = this.#heap[one];
    const second = this.#heap[other];
    if (first === undefined || second === undefined) return;
    this.#heap[one] = second;
    this.#heap[other] = first;
  }
}
