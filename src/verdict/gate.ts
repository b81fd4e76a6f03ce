import { count, giveBack } from './counting.ts';
import {
  ADMITTED,
  decide,
  SHADOW_ADMITTED,
  STARTS_BLOCK,
  UNREPORTED,
  VIOLATION,
  WOULD_REFUSE,
} from './decision.ts';
import { hashKey, isKeyAt, KEY_WORDS, writeKey } from './key.ts';
import { ADDRESS, FLAGS, IN_USE, Ledger, POLICY, SLOT } from './ledger.ts';
import { enforcesBlocks, type Limit } from './limit.ts';
import { acquire, unlock } from './lock.ts';
import { createSlot, findSlot } from './slots.ts';
import {
  BLOCKS_STARTED,
  EPISODE_PEAK,
  FULL_ADMITTED,
  FULL_REFUSED,
  KEY,
  OPEN,
  PEAK,
  REFUSED,
  SHADOW,
  SourcesTable,
} from './table.ts';
import { toTick } from './ticks.ts';
import {
  ADMIT,
  ADMIT_REPORT,
  type FullPolicy,
  REFUSE_LEDGER_FULL,
  REFUSE_REPORT,
  REFUSE_TABLE_FULL,
  REFUSE_UNREPORTED,
  type Verdict,
} from './verdict.ts';
import { isBlocked, isShadowBlocked, noteViolation, startBlock } from './violations.ts';
import { countUp, read } from './words.ts';

const MILLISECONDS = 1000;

/**
 * One worker's view of the sources table; it alone uses its ledger. The fields say more about the last
 * `admit` and are overwritten by the next.
 *
 * Its thread may end at any step. Counts, chains and entries change only under the lock of their shard: who
 * ends there leaves the lock in its name, and recovery rebuilds that shard from the other ledgers; who ends
 * elsewhere leaves counts and ledger in agreement. So an error thrown by `admit` or `rekey`, a stack overflow
 * say, must end the thread.
 */
export class Gate {
  fullPolicy: FullPolicy = 'open';

  /** Number of the admitted connection, from 0; -1 when it was refused. */
  connection = -1;
  /** Whether the admitted connection is counted: not when the table was full and the setting is `open`. */
  counted = false;
  /** Connections that the source holds, the admitted one included. */
  open = 0;
  /**
   * The most that it held at once: during the episode if this is a violation, else since it is in the table.
   */
  peak = 0;
  /** Enforcement refused it, or would have. */
  wouldRefuse = false;
  /** This violation starts an episode: to be reported at once, in a line of count 1. */
  firstViolation = false;
  /** This violation starts an enforced block: every worker is to close what the source holds. */
  startedBlock = false;

  readonly #table: SourcesTable;
  readonly #ledger: Ledger;
  readonly #owner: number;
  readonly #key = new Int32Array(KEY_WORDS);
  #shard = 0;
  #head = 0;

  /**
   * @param owner the worker's number, from 1; no two living gates of a table share it
   * @throws Error when the ledger still holds connections of a worker that was not recovered
   */
  constructor(table: SharedArrayBuffer, ledger: SharedArrayBuffer, owner: number) {
    if (!Number.isInteger(owner) || owner < 1) throw new RangeError('workers are numbered from 1');
    this.#table = new SourcesTable(table);
    this.#ledger = new Ledger(ledger);
    this.#owner = owner;
    if (this.#ledger.touched() !== 0) throw new Error(`the ledger of worker ${owner} is not empty`);
  }

  /**
   * Decides on one new connection, and counts it if it is admitted.
   *
   * @param address four words in network order; IPv4 as ::ffff:a.b.c.d
   * @param now milliseconds of a clock that never goes back, of one origin for all who use the table
   */
  admit(limit: Limit, address: Uint32Array, now: number): Verdict {
    const tick = toTick(now);
    const { words } = this.#table;
    const connection = this.#ledger.peek();
    this.#forget();
    this.#locate(limit, address, 0);
    const lock = this.#table.shardAt(this.#shard);
    acquire(words, lock, this.#owner);
    const slot = findSlot(this.#table, this.#head, this.#key);
    const verdict =
      slot === 0
        ? this.#admitNew(limit, address, connection, tick)
        : this.#admitKnown(limit, address, connection, slot, tick);
    unlock(words, lock);
    return verdict;
  }

  /**
   * Gives back what `admit` counted.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  release(connection: number): void {
    const entry = this.#held(connection);
    giveBack(this.#table, this.#ledger, entry, this.#owner);
    this.#ledger.words[entry + FLAGS] = 0;
    this.#ledger.put(connection);
  }

  /**
   * Writes the four words of a held connection's address, unmasked.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  addressOf(connection: number, into: Uint32Array): void {
    const at = this.#held(connection) + ADDRESS;
    for (let word = 0; word < 4; word++) into[word] = read(this.#ledger.words, at + word);
  }

  /**
   * Whether an enforced block covers the source of a held connection, so that it is to be closed. Takes no
   * lock: the slot of a held connection stays.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  blocked(connection: number, limit: Limit, now: number): boolean {
    const slot = read(this.#ledger.words, this.#held(connection) + SLOT);
    return (
      slot !== 0 &&
      enforcesBlocks(limit) &&
      isBlocked(this.#table.words, this.#table.slotAt(slot), toTick(now))
    );
  }

  /**
   * Changes whenever a block starts in any worker: time to look through the held connections with `blocked`.
   */
  blocksStarted(): number {
    return Atomics.load(this.#table.words, BLOCKS_STARTED);
  }

  /**
   * Counts this gate's connections of the policy under the prefixes of `limit`. Nobody is refused; what finds
   * the table full stays open uncounted. Blocks and episodes of the former prefixes run out where they are.
   */
  rekey(limit: Limit, now: number): void {
    const { words } = this.#ledger;
    const touched = this.#ledger.touched();
    for (let connection = 0; connection < touched; connection++) {
      const entry = this.#ledger.entryAt(connection);
      const isOfPolicy = read(words, entry + FLAGS) !== 0 && read(words, entry + POLICY) === limit.policy;
      if (isOfPolicy) this.#move(limit, entry, toTick(now));
    }
  }

  /** Connections that the source of an address holds under the policy, over all workers. */
  openOf(limit: Limit, address: Uint32Array): number {
    const { words } = this.#table;
    this.#locate(limit, address, 0);
    const lock = this.#table.shardAt(this.#shard);
    acquire(words, lock, this.#owner);
    const slot = findSlot(this.#table, this.#head, this.#key);
    const open = slot === 0 ? 0 : read(words, this.#table.slotAt(slot) + OPEN);
    unlock(words, lock);
    return open;
  }

  #forget(): void {
    this.connection = -1;
    this.counted = false;
    this.open = 0;
    this.peak = 0;
    this.wouldRefuse = false;
    this.firstViolation = false;
    this.startedBlock = false;
  }

  #locate(limit: Limit, address: Uint32Array | Int32Array, at: number): void {
    const table = this.#table;
    writeKey(this.#key, limit, address, at);
    const hash = hashKey(table.seed0, table.seed1, this.#key, 0);
    this.#shard = table.shardOfHash(hash);
    this.#head = table.headAt(this.#shard, hash);
  }

  #held(connection: number): number {
    const entry = this.#ledger.entryAt(connection);
    if (connection < 0 || read(this.#ledger.words, entry + FLAGS) === 0) {
      throw new RangeError(`connection ${connection} is not held`);
    }
    return entry;
  }

  /** A source that the table does not know holds nothing and is not blocked: it violates nothing. */
  #admitNew(limit: Limit, address: Uint32Array, connection: number, tick: number): Verdict {
    if (connection < 0) return REFUSE_LEDGER_FULL;
    const table = this.#table;
    const slot = createSlot(table, this.#shard, this.#key, tick);
    if (slot === 0) {
      const isOpen = this.fullPolicy === 'open';
      countUp(table.words, table.shardAt(this.#shard) + (isOpen ? FULL_ADMITTED : FULL_REFUSED));
      if (!isOpen) return REFUSE_TABLE_FULL;
    }
    this.#enter(limit, address, connection, slot, true);
    return ADMIT;
  }

  #admitKnown(limit: Limit, address: Uint32Array, connection: number, slot: number, tick: number): Verdict {
    const table = this.#table;
    const { words } = table;
    const at = table.slotAt(slot);
    this.open = read(words, at + OPEN);
    this.peak = read(words, at + PEAK);
    const decided = decide(
      limit,
      this.open,
      read(words, at + SHADOW),
      isBlocked(words, at, tick),
      isShadowBlocked(words, at, tick),
    );
    const admitted = (decided & ADMITTED) !== 0;
    if (admitted && connection < 0) return REFUSE_LEDGER_FULL;

    startBlock(table, at, decided, (tick + limit.blockPeriod * MILLISECONDS) | 0);
    if (admitted) this.#enter(limit, address, connection, slot, (decided & SHADOW_ADMITTED) !== 0);
    else countUp(words, at + REFUSED);
    this.firstViolation = noteViolation(table, at, decided, tick);
    this.startedBlock = (decided & STARTS_BLOCK) !== 0;
    this.wouldRefuse = (decided & WOULD_REFUSE) !== 0;
    if ((decided & UNREPORTED) !== 0) return REFUSE_UNREPORTED;
    if ((decided & VIOLATION) === 0) return ADMIT;
    this.peak = read(words, at + EPISODE_PEAK);
    return admitted ? ADMIT_REPORT : REFUSE_REPORT;
  }

  /** Writes the ledger entry and counts it; slot 0 leaves it uncounted. */
  #enter(limit: Limit, address: Uint32Array, connection: number, slot: number, inShadow: boolean): void {
    const table = this.#table;
    const { words } = this.#ledger;
    const entry = this.#ledger.entryAt(connection);
    this.#ledger.take(connection);
    words[entry + POLICY] = limit.policy;
    for (let word = 0; word < 4; word++) words[entry + ADDRESS + word] = address[word] ?? 0;
    words[entry + FLAGS] = IN_USE;
    this.connection = connection;
    if (slot === 0) return;
    count(table, this.#ledger, entry, slot, inShadow);
    this.counted = true;
    this.open = read(table.words, table.slotAt(slot) + OPEN);
    this.peak = read(table.words, table.slotAt(slot) + PEAK);
  }

  #move(limit: Limit, entry: number, tick: number): void {
    const table = this.#table;
    this.#locate(limit, this.#ledger.words, entry + ADDRESS);
    const former = read(this.#ledger.words, entry + SLOT);
    if (former !== 0 && isKeyAt(table.words, table.slotAt(former) + KEY, this.#key)) return;
    const inShadow = giveBack(table, this.#ledger, entry, this.#owner);
    const lock = table.shardAt(this.#shard);
    acquire(table.words, lock, this.#owner);
    const known = findSlot(table, this.#head, this.#key);
    const slot = known !== 0 ? known : createSlot(table, this.#shard, this.#key, tick);
    if (slot !== 0) count(table, this.#ledger, entry, slot, inShadow);
    else countUp(table.words, lock + FULL_ADMITTED);
    unlock(table.words, lock);
  }
}
