import {
  COUNTER_LENGTH,
  COUNTER_NAME,
  COUNTER_WORKER,
  counterAt,
  counterCount,
  longestCounterName,
} from './layout.ts';
import { hashOf, type ScriptMemory } from './memory.ts';

const destroyed = -1;
const most = Number.MAX_SAFE_INTEGER;

/**
 * Counters by name that all workers share, from 0 to 2^53 - 1 and never beyond. Names have 1 to 63 bytes, one for each
 * character.
 */
export class AtomicCounters {
  readonly #memory: ScriptMemory;

  constructor(memory: ScriptMemory) {
    this.#memory = memory;
  }

  /** True: the counter exists, at 0 when it is new. False: there is no room, or the name is not allowed. */
  create(name: string): boolean {
    if (name === '' || name.length > longestCounterName) return false;
    return this.#memory.locked(() => this.#find(name) >= 0 || this.#add(name));
  }

  /** Only the worker that created a counter can destroy it. */
  destroy(name: string): boolean {
    const memory = this.#memory;
    return memory.locked(() => {
      const at = this.#find(name);
      if (at < 0 || memory.word(at + COUNTER_WORKER) !== memory.worker) return false;
      memory.words[at + COUNTER_LENGTH] = destroyed;
      return true;
    });
  }

  /** Null: there is no such counter. */
  get(name: string): number | null {
    return this.#change(name, (value) => value);
  }

  /** Sets the counter and returns its new value. */
  set(name: string, value: number): number | null {
    return this.#change(name, () => value);
  }

  /** Adds an amount, which may be negative, and returns the new value: 0 where it would be less. */
  adjust(name: string, amount: number): number | null {
    return this.#change(name, (value) => value + amount);
  }

  #change(name: string, changed: (value: number) => number): number | null {
    const memory = this.#memory;
    return memory.locked(() => {
      const at = this.#find(name);
      if (at < 0) return null;
      const value = Math.min(most, Math.max(0, changed(memory.numbers[at / 2] ?? 0)));
      memory.numbers[at / 2] = value;
      return value;
    });
  }

  /** Where the counter is, or -1. */
  #find(name: string): number {
    const memory = this.#memory;
    const first = firstSlot(name);
    for (let step = 0; step < counterCount; step++) {
      const at = slotAfter(first, step);
      const length = memory.word(at + COUNTER_LENGTH);
      if (length === 0) return -1;
      if (length === name.length + 1 && memory.isName(at + COUNTER_NAME, name)) return at;
    }
    return -1;
  }

  #add(name: string): boolean {
    const memory = this.#memory;
    const first = firstSlot(name);
    for (let step = 0; step < counterCount; step++) {
      const at = slotAfter(first, step);
      if (memory.word(at + COUNTER_LENGTH) > 0) continue;
      memory.numbers[at / 2] = 0;
      memory.words[at + COUNTER_WORKER] = memory.worker;
      memory.writeName(at + COUNTER_NAME, name);
      memory.words[at + COUNTER_LENGTH] = name.length + 1;
      return true;
    }
    return false;
  }
}

/** The lock is held meanwhile and every slot may have to be searched, so the name is hashed once. */
function firstSlot(name: string): number {
  return hashOf(Buffer.from(name, 'latin1'));
}

function slotAfter(first: number, step: number): number {
  return counterAt((first + step) % counterCount);
}
