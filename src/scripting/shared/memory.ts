import { acquire, seize, unlock } from '../../memory/lock.ts';
import { LOCK } from './layout.ts';

/** One worker's view of the memory that scripts share. A worker is known by its number, from 1. */
export class ScriptMemory {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array;
  readonly numbers: Float64Array;
  readonly worker: number;
  readonly buffer: SharedArrayBuffer;

  constructor(buffer: SharedArrayBuffer, worker: number) {
    this.buffer = buffer;
    this.worker = worker;
    this.words = new Int32Array(buffer);
    this.bytes = new Uint8Array(buffer);
    this.numbers = new Float64Array(buffer);
  }

  word(at: number): number {
    return this.words[at] ?? 0;
  }

  /**
   * Runs `work` under the lock, for which it waits as long as it takes: holders only copy, and when one has died
   * `releaseScriptMemory` ends the wait. `work` may be cut short after any instruction, and others must be able to read
   * what it leaves.
   */
  locked<T>(work: () => T): T {
    acquire(this.words, LOCK, this.worker);
    try {
      return work();
    } finally {
      unlock(this.words, LOCK);
    }
  }

  /** Whether the name of `length` bytes at a word of the memory is this one. */
  isName(at: number, name: string): boolean {
    const start = at * 4;
    for (let index = 0; index < name.length; index++) {
      if (this.bytes[start + index] !== name.charCodeAt(index)) return false;
    }
    return true;
  }

  writeName(at: number, name: string): void {
    const start = at * 4;
    for (let index = 0; index < name.length; index++) this.bytes[start + index] = name.charCodeAt(index);
  }
}

/** For the main thread, when a worker has ended: lets go of the lock that it may have held. */
export function releaseScriptMemory(buffer: SharedArrayBuffer, worker: number): void {
  const words = new Int32Array(buffer);
  if (seize(words, LOCK, worker)) unlock(words, LOCK);
}

/** FNV-1a, 32 bits. */
export function hashOf(name: ArrayLike<number>): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < name.length; index++)
    hash = Math.imul(hash ^ (name[index] ?? 0), 0x01_00_01_93);
  return hash >>> 0;
}
