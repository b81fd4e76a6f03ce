import { acquire, unlock } from '../../memory/lock.ts';
import { read } from '../../memory/words.ts';
import {
  type ChangingScope,
  hashKey,
  isKeyAt,
  KEY_WORDS,
  type SourceScope,
  scopeAt,
  writeKey,
  writeNetworkKey,
} from './key.ts';
import { createSlot, findSlot } from './slots.ts';
import { KEY, KEYS_EPOCH, type SourcesTable } from './table.ts';

/** Goes to the slot of a source: finds it or makes it. One is used again and again, so that a search allocates nothing. */
export class SlotCursor {
  /** The lock word of its shard, where the header of the shard begins. */
  header = 0;
  readonly #table: SourcesTable;
  readonly #key = new Int32Array(KEY_WORDS);
  #shard = 0;
  #head = 0;

  constructor(table: SourcesTable) {
    this.#table = table;
  }

  /** Goes to the source of an address: four words from `at`. */
  seek(scope: SourceScope, address: Uint32Array | Int32Array, at: number): void {
    writeKey(this.#key, scope, address, at);
    this.#seekKey();
  }

  /** Goes to the source of an address as it counts now, and locks its shard: for a worker. */
  lock(scope: ChangingScope, address: Uint32Array, worker: number): void {
    const { words } = this.#table;
    for (;;) {
      const epoch = read(words, KEYS_EPOCH);
      this.seek(scopeAt(scope, epoch), address, 0);
      acquire(words, this.header, worker);
      // The epoch changes under the locks of all shards.
      if (read(words, KEYS_EPOCH) === epoch) return;
      unlock(words, this.header);
    }
  }

  /** Goes to a source by its network, with a prefix length over 128 bits. */
  seekNetwork(policy: number, address: Uint32Array, prefix: number): void {
    writeNetworkKey(this.#key, policy, address, 0, prefix);
    this.#seekKey();
  }

  /** Whether a slot is that of the source. Needs no lock while something keeps the slot. */
  matches(slot: number): boolean {
    return isKeyAt(this.#table.words, this.#table.slotAt(slot) + KEY, this.#key);
  }

  /** Its slot, lock held; 0 when the table does not know it. */
  find(): number {
    return findSlot(this.#table, this.#head, this.#key);
  }

  /** A slot for it, lock held, when there is none; 0 when the table has no room. */
  create(tick: number): number {
    return createSlot(this.#table, this.#shard, this.#key, tick);
  }

  findOrCreate(tick: number): number {
    const known = this.find();
    return known !== 0 ? known : this.create(tick);
  }

  #seekKey(): void {
    const table = this.#table;
    const hash = hashKey(table.seed0, table.seed1, this.#key, 0);
    this.#shard = table.shardOfHash(hash);
    this.#head = table.headAt(this.#shard, hash);
    this.header = table.shardAt(this.#shard);
  }
}
