import { Blocks, blocksFor } from './blocks.ts';
import {
  BLOCK_BYTES,
  blockAt,
  bucketCount,
  KEY_HASH,
  KEY_SIZE,
  longestName,
  mostTableEntries,
  NEXT_ENTRY,
  TABLE_BLOCKS,
  TABLE_BUCKETS,
  TABLE_ENTRIES,
  TABLE_LENGTH,
  TABLE_MOST_BLOCKS,
  TABLE_MOST_ENTRIES,
  TABLE_NAME,
  TABLE_USERS,
  tableAt,
  tableCount,
  VALUE_SIZE,
} from './layout.ts';
import { hashOf, type ScriptMemory } from './memory.ts';

export type SharedEntry = { readonly key: Uint8Array; readonly value: Uint8Array };

const notFound = -1;

/**
 * Tables by name that all workers share; keys and values are bytes. Names have 1 to 255 bytes, one for each character.
 * An entry is whole in its blocks before a bucket leads to it, and out of its bucket before its blocks are free: a
 * worker that dies under the lock leaves at worst blocks that nobody uses.
 */
export class SharedTables {
  readonly #memory: ScriptMemory;
  readonly #blocks: Blocks;

  constructor(memory: ScriptMemory) {
    this.#memory = memory;
    this.#blocks = new Blocks(memory);
  }

  /** Creates the table, or joins its users, whose limits stay. False: there is no room, or the name is not allowed. */
  create(name: string, mostEntries: number, memoryLimit: number): boolean {
    if (name === '' || name.length > longestName) return false;
    const memory = this.#memory;
    return memory.locked(() => {
      const known = this.#find(name);
      const at = known === notFound ? this.#free() : known;
      if (at === notFound) return false;
      if (known === notFound) {
        memory.words.fill(0, at, at + TABLE_BUCKETS + bucketCount);
        memory.words[at + TABLE_MOST_ENTRIES] = Math.min(mostTableEntries, mostEntries);
        memory.words[at + TABLE_MOST_BLOCKS] = Math.min(2 ** 30, Math.floor(memoryLimit / BLOCK_BYTES));
        memory.writeName(at + TABLE_NAME, name);
        memory.words[at + TABLE_LENGTH] = name.length + 1;
      }
      memory.words[at + TABLE_USERS] = memory.word(at + TABLE_USERS) | this.#userBit();
      return true;
    });
  }

  /** Leaves the table, which goes with its entries when nobody uses it any more. False: this worker does not use it. */
  destroy(name: string): boolean {
    const memory = this.#memory;
    return memory.locked(() => {
      const at = this.#find(name);
      if (at === notFound) return false;
      const users = memory.word(at + TABLE_USERS);
      if ((users & this.#userBit()) === 0) return false;
      const others = users & ~this.#userBit();
      memory.words[at + TABLE_USERS] = others;
      if (others === 0) this.#clear(at);
      return true;
    });
  }

  entryCount(name: string): number {
    return this.#wordOf(name, TABLE_ENTRIES);
  }

  /** Bytes; -1 when there is no such table. */
  memorySize(name: string): number {
    const blocks = this.#wordOf(name, TABLE_BLOCKS);
    return blocks < 0 ? notFound : blocks * BLOCK_BYTES;
  }

  /** False, and nothing has changed: the key is there already, or there is no room, or no such table. */
  insert(name: string, { key, value }: SharedEntry): boolean {
    const memory = this.#memory;
    const blocks = this.#blocks;
    const needed = blocksFor(key.length + value.length);
    const hash = hashOf(key);
    return memory.locked(() => {
      const at = this.#find(name);
      if (at === notFound || this.#previous(at, hash, key) !== notFound) return false;
      const isFull =
        memory.word(at + TABLE_ENTRIES) >= memory.word(at + TABLE_MOST_ENTRIES) ||
        memory.word(at + TABLE_BLOCKS) + needed > memory.word(at + TABLE_MOST_BLOCKS);
      const entry = isFull ? 0 : blocks.allocate(needed);
      if (entry === 0) return false;
      const head = at + TABLE_BUCKETS + (hash % bucketCount);
      memory.words[blockAt(entry) + KEY_SIZE] = key.length;
      memory.words[blockAt(entry) + VALUE_SIZE] = value.length;
      memory.words[blockAt(entry) + KEY_HASH] = hash;
      blocks.write(entry, 0, key);
      blocks.write(entry, key.length, value);
      memory.words[blockAt(entry) + NEXT_ENTRY] = memory.word(head);
      memory.words[head] = entry;
      this.#count(at, 1, needed);
      return true;
    });
  }

  /** A copy of the value, or null. */
  lookup(name: string, key: Uint8Array): Uint8Array | null {
    const memory = this.#memory;
    const hash = hashOf(key);
    return memory.locked(() => {
      const at = this.#find(name);
      const link = at === notFound ? notFound : this.#previous(at, hash, key);
      return link === notFound ? null : this.#entryAt(memory.word(link)).value;
    });
  }

  /** False: there was nothing to delete. */
  delete(name: string, key: Uint8Array): boolean {
    const memory = this.#memory;
    const blocks = this.#blocks;
    const hash = hashOf(key);
    return memory.locked(() => {
      const at = this.#find(name);
      const link = at === notFound ? notFound : this.#previous(at, hash, key);
      if (link === notFound) return false;
      const entry = memory.word(link);
      memory.words[link] = memory.word(blockAt(entry) + NEXT_ENTRY);
      this.#count(at, -1, -blocks.count(entry));
      blocks.free(entry);
      return true;
    });
  }

  /** Copies of at most `count` entries, without the first `from`, in no particular order. */
  entries(name: string, from: number, count: number): readonly SharedEntry[] {
    const found: SharedEntry[] = [];
    this.#memory.locked(() => {
      const at = this.#find(name);
      let position = 0;
      for (let bucket = 0; at !== notFound && bucket < bucketCount; bucket++) {
        let entry = this.#memory.word(at + TABLE_BUCKETS + bucket);
        for (; entry !== 0; entry = this.#memory.word(blockAt(entry) + NEXT_ENTRY)) {
          if (position >= from && found.length < count) found.push(this.#entryAt(entry));
          position++;
        }
      }
    });
    return found;
  }

  #entryAt(entry: number): SharedEntry {
    const key = new Uint8Array(this.#memory.word(blockAt(entry) + KEY_SIZE));
    const value = new Uint8Array(this.#memory.word(blockAt(entry) + VALUE_SIZE));
    this.#blocks.read(entry, 0, key);
    this.#blocks.read(entry, key.length, value);
    return { key, value };
  }

  /** The word that leads to the entry with this key, or NOWHERE. */
  #previous(at: number, hash: number, key: Uint8Array): number {
    const memory = this.#memory;
    let link = at + TABLE_BUCKETS + (hash % bucketCount);
    for (let entry = memory.word(link); entry !== 0; entry = memory.word(link)) {
      const first = blockAt(entry);
      if (memory.word(first + KEY_HASH) >>> 0 === hash && memory.word(first + KEY_SIZE) === key.length) {
        const found = new Uint8Array(key.length);
        this.#blocks.read(entry, 0, found);
        if (Buffer.compare(found, key) === 0) return link;
      }
      link = blockAt(entry) + NEXT_ENTRY;
    }
    return notFound;
  }

  #clear(at: number): void {
    const memory = this.#memory;
    memory.words[at + TABLE_LENGTH] = 0;
    for (let bucket = 0; bucket < bucketCount; bucket++) {
      let entry = memory.word(at + TABLE_BUCKETS + bucket);
      while (entry !== 0) {
        const next = memory.word(blockAt(entry) + NEXT_ENTRY);
        this.#blocks.free(entry);
        entry = next;
      }
    }
  }

  #count(at: number, entries: number, blocks: number): void {
    const memory = this.#memory;
    memory.words[at + TABLE_ENTRIES] = memory.word(at + TABLE_ENTRIES) + entries;
    memory.words[at + TABLE_BLOCKS] = memory.word(at + TABLE_BLOCKS) + blocks;
  }

  #wordOf(name: string, word: number): number {
    return this.#memory.locked(() => {
      const at = this.#find(name);
      return at === notFound ? notFound : this.#memory.word(at + word);
    });
  }

  #find(name: string): number {
    for (let table = 0; table < tableCount; table++) {
      const at = tableAt(table);
      if (this.#memory.word(at + TABLE_LENGTH) !== name.length + 1) continue;
      if (name !== '' && this.#memory.isName(at + TABLE_NAME, name)) return at;
    }
    return notFound;
  }

  #free(): number {
    for (let table = 0; table < tableCount; table++) {
      if (this.#memory.word(tableAt(table) + TABLE_LENGTH) === 0) return tableAt(table);
    }
    return notFound;
  }

  #userBit(): number {
    return 1 << (this.#memory.worker % 32);
  }
}
