import {
  BLOCK_BYTES,
  BLOCK_HEADER,
  blockAt,
  blocksIn,
  ENTRY_HEADER,
  FREE_BLOCKS,
  FRESH_BLOCK,
  NEXT_BLOCK,
} from './layout.ts';
import type { ScriptMemory } from './memory.ts';

const firstData = BLOCK_BYTES - ENTRY_HEADER;
const otherData = BLOCK_BYTES - BLOCK_HEADER;

/** How many blocks an entry of that many bytes takes. */
export function blocksFor(bytes: number): number {
  return 1 + Math.max(0, Math.ceil((bytes - firstData) / otherData));
}

/** Chains of blocks, one for each entry. Every method must be called under the lock. */
export class Blocks {
  readonly #memory: ScriptMemory;
  readonly #total: number;

  constructor(memory: ScriptMemory) {
    this.#memory = memory;
    this.#total = blocksIn(memory.buffer);
  }

  /** Allocates a chain of blocks: its first one, or 0 when there are not enough, and then none is taken. */
  allocate(count: number): number {
    let first = 0;
    for (let taken = 0; taken < count; taken++) {
      const block = this.#allocateOne();
      if (block === 0) {
        this.free(first);
        return 0;
      }
      this.#memory.words[blockAt(block) + NEXT_BLOCK] = first;
      first = block;
    }
    return first;
  }

  free(chain: number): void {
    const memory = this.#memory;
    for (let block = chain; block !== 0; ) {
      const next = memory.word(blockAt(block) + NEXT_BLOCK);
      memory.words[blockAt(block) + NEXT_BLOCK] = memory.word(FREE_BLOCKS);
      memory.words[FREE_BLOCKS] = block;
      block = next;
    }
  }

  count(chain: number): number {
    let count = 0;
    for (let block = chain; block !== 0; block = this.#memory.word(blockAt(block) + NEXT_BLOCK)) count++;
    return count;
  }

  /** Writes bytes at an offset of the entry's data. */
  write(chain: number, offset: number, bytes: Uint8Array): void {
    this.#walk(chain, offset, bytes.length, (at, done, length) => {
      this.#memory.bytes.set(bytes.subarray(done, done + length), at);
    });
  }

  read(chain: number, offset: number, into: Uint8Array): void {
    this.#walk(chain, offset, into.length, (at, done, length) => {
      into.set(this.#memory.bytes.subarray(at, at + length), done);
    });
  }

  #allocateOne(): number {
    const memory = this.#memory;
    const free = memory.word(FREE_BLOCKS);
    if (free !== 0) {
      memory.words[FREE_BLOCKS] = memory.word(blockAt(free) + NEXT_BLOCK);
      return free;
    }
    const fresh = memory.word(FRESH_BLOCK);
    if (fresh >= this.#total) return 0;
    memory.words[FRESH_BLOCK] = fresh + 1;
    return fresh + 1;
  }

  #walk(
    chain: number,
    offset: number,
    size: number,
    visit: (at: number, done: number, length: number) => void,
  ): void {
    let start = 0;
    let done = 0;
    for (
      let block = chain;
      block !== 0 && done < size;
      block = this.#memory.word(blockAt(block) + NEXT_BLOCK)
    ) {
      const header = block === chain ? ENTRY_HEADER : BLOCK_HEADER;
      const room = BLOCK_BYTES - header;
      const inside = Math.max(0, offset + done - start);
      if (inside < room) {
        const length = Math.min(room - inside, size - done);
        visit(blockAt(block) * 4 + header + inside, done, length);
        done += length;
      }
      start += room;
    }
  }
}
