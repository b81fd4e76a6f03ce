import { acquireSoon, unlock } from '../../memory/lock.ts';
import { read } from '../../memory/words.ts';
import { KEY_ADDRESS, KEY_PREFIX } from '../table/key.ts';
import { changedBit } from '../table/sharing.ts';
import { SlotCursor } from '../table/slot-cursor.ts';
import { freeIfIdle } from '../table/slots.ts';
import {
  BASE,
  BLIND_ALLOWANCE,
  FLAGS,
  HEARD_UNTIL,
  IN_USE,
  KEY,
  OPEN,
  REMOTE,
  SHARED,
  SHARING,
  SourcesTable,
  TOUCHED,
} from '../table/table.ts';
import { toTick } from '../table/ticks.ts';

const mostInWord = 2 ** 31 - 1;

/** Whom a slot counts, as nodes tell each other: the prefix length is over 128 bits. */
export type SlotIdentity = {
  /** Row id of the policy. */
  readonly policy: number;
  readonly prefix: number;
  /** Four words, masked. */
  readonly address: Uint32Array;
};

/**
 * What the main thread does with the sources of the table that nodes share: a slot that it keeps counts one source until it
 * is let go, and its words can be written without a lock.
 */
export class SharedSlots {
  readonly #table: SourcesTable;
  readonly #cursor: SlotCursor;
  /** The shard with which to begin the next look at what has changed. */
  #next = 0;

  constructor(buffer: SharedArrayBuffer) {
    this.#table = new SourcesTable(buffer);
    this.#cursor = new SlotCursor(this.#table);
  }

  /** `sharing` as packed by sharing.ts, 0: nobody shares any more; `heardUntil` on the clock of `Gate.admit`. */
  stand(sharing: number, heardUntil: number, allowance: number): void {
    const { words } = this.#table;
    Atomics.store(words, HEARD_UNTIL, toTick(heardUntil));
    Atomics.store(words, BLIND_ALLOWANCE, allowance);
    Atomics.store(words, SHARING, sharing);
  }

  /** Shows some `most` of the slots whose count has changed since they were last shown. Returns whether these were all. */
  changed(most: number, visit: (slot: number) => void): boolean {
    const table = this.#table;
    const { words } = table;
    let left = most;
    for (let looked = 0; looked < table.shards; looked++) {
      const shard = this.#next;
      const first = table.firstSlot(shard);
      const touched = Atomics.load(words, table.shardAt(shard) + TOUCHED);
      const end = table.changedAt(first + touched - 1);
      for (let at = table.changedAt(first); at <= end; at++) {
        if (read(words, at) === 0) continue;
        if (left <= 0) return false;
        const bits = Atomics.exchange(words, at, 0);
        const slots = (at - table.changedAt(0)) * 32;
        for (let bit = 0; bit < 32; bit++)
          if ((bits & (1 << bit)) !== 0) {
            left -= 1;
            visit(slots + bit);
          }
      }
      this.#next = (shard + 1) % table.shards;
    }
    return true;
  }

  /** It is to be looked at again. */
  again(slot: number): void {
    Atomics.or(this.#table.words, this.#table.changedAt(slot), changedBit(slot));
  }

  /** Has all slots of a shard looked at that are in use. Returns how many it has ever used; null: there is no such shard. */
  markShard(shard: number): number | null {
    const table = this.#table;
    if (shard >= table.shards) return null;
    const first = table.firstSlot(shard);
    const touched = Atomics.load(table.words, table.shardAt(shard) + TOUCHED);
    for (let slot = first; slot < first + touched; slot++)
      if ((read(table.words, table.slotAt(slot) + FLAGS) & IN_USE) !== 0) this.again(slot);
    return touched;
  }

  /** Connections of a slot, which may be of anybody unless it is kept. */
  open(slot: number): number {
    return Atomics.load(this.#table.words, this.#table.slotAt(slot) + OPEN);
  }

  /** Likewise whose slot it is. */
  policyOf(slot: number): number {
    return read(this.#table.words, this.#table.slotAt(slot) + KEY);
  }

  /** Likewise. */
  identity(slot: number): SlotIdentity {
    const { words } = this.#table;
    const at = this.#table.slotAt(slot) + KEY;
    const address = new Uint32Array(words.slice(at + KEY_ADDRESS, at + KEY_ADDRESS + 4));
    return { policy: read(words, at), prefix: read(words, at + KEY_PREFIX), address };
  }

  /** Keeps a slot with what it counts, if it is in use. Null: the shard is busy; try again in a later turn. */
  keep(slot: number): SlotIdentity | 'free' | null {
    const table = this.#table;
    const { words } = table;
    const lock = table.shardAt(table.shardOfSlot(slot));
    if (!acquireSoon(words, lock)) return null;
    const at = table.slotAt(slot);
    const isInUse = (read(words, at + FLAGS) & IN_USE) !== 0;
    const kept = isInUse ? this.identity(slot) : 'free';
    if (isInUse) this.#share(at);
    unlock(words, lock);
    return kept;
  }

  /** Keeps the slot of a source, and makes one where it has none. 0: the table is full; null: the shard is busy. */
  place({ policy, prefix, address }: SlotIdentity, now: number): number | null {
    const table = this.#table;
    const { words } = table;
    this.#cursor.seekNetwork(policy, address, prefix);
    if (!acquireSoon(words, this.#cursor.header)) return null;
    const slot = this.#cursor.findOrCreate(toTick(now));
    if (slot !== 0) this.#share(table.slotAt(slot));
    unlock(words, this.#cursor.header);
    return slot;
  }

  /** More than a word holds is as much as that. */
  setRemote(slot: number, remote: number): void {
    this.#set(slot, REMOTE, Math.min(remote, mostInWord));
  }

  setBase(slot: number, base: number): void {
    this.#set(slot, BASE, base);
  }

  /** Lets a slot go. Returns false: the shard is busy; try again in a later turn. */
  release(slot: number): boolean {
    const table = this.#table;
    const { words } = table;
    const shard = table.shardOfSlot(slot);
    const lock = table.shardAt(shard);
    if (!acquireSoon(words, lock)) return false;
    const at = table.slotAt(slot);
    words[at + FLAGS] = read(words, at + FLAGS) & ~SHARED;
    freeIfIdle(table, shard, slot);
    unlock(words, lock);
    return true;
  }

  /** Lock held. What its words say is of a former source, or a former cluster. */
  #share(at: number): void {
    const { words } = this.#table;
    const shared = this.#table.sharedAt(at);
    Atomics.store(words, shared + REMOTE, 0);
    Atomics.store(words, shared + BASE, 0);
    words[at + FLAGS] = read(words, at + FLAGS) | SHARED;
  }

  #set(slot: number, word: number, value: number): void {
    const table = this.#table;
    Atomics.store(table.words, table.sharedAt(table.slotAt(slot)) + word, value);
  }
}
