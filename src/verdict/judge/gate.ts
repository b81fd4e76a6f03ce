import { acquire, unlock } from '../../memory/lock.ts';
import { countUp, read } from '../../memory/words.ts';
import { count, markSilent, release } from '../table/counting.ts';
import { ADDRESS, FLAGS, HELD, Ledger, POLICY, SLOT } from '../table/ledger.ts';
import { NO_REASON, reasonAt } from '../table/reasons.ts';
import { SlotCursor } from '../table/slot-cursor.ts';
import {
  BLOCKS_STARTED,
  EPISODE_PEAK,
  FULL_ADMITTED,
  FULL_REFUSED,
  OPEN,
  PEAK,
  REFUSED,
  SILENT,
  SourcesTable,
} from '../table/table.ts';
import { toTick } from '../table/ticks.ts';
import { liveBlock, recordViolation, writeBlock, writeShadowBlock } from '../table/violations.ts';
import {
  ADMITTED,
  decide,
  firstOfSource,
  reasonOf,
  SHADOW_ADMITTED,
  STARTS_BLOCK,
  STARTS_SHADOW_BLOCK,
  UNREPORTED,
  VIOLATION,
  WOULD_REFUSE,
} from './decision.ts';
import { emptyHolding, readHolding } from './holding.ts';
import { clearJudgement, emptyJudgement, type Judgement } from './judgement.ts';
import { blockApplies, blockPeriodOf, enforcesBlocks, isTrusted, type Limit, marksOf } from './limit.ts';
import { SourceAccess } from './source-access.ts';
import {
  ADMIT,
  ADMIT_REPORT,
  type FullPolicy,
  isAdmitted,
  REFUSE_LEDGER_FULL,
  REFUSE_REPORT,
  REFUSE_TABLE_FULL,
  REFUSE_UNREPORTED,
  type Verdict,
} from './verdict.ts';

const nothing = emptyHolding();

/**
 * One worker's view of the sources table; it alone uses its ledger.
 *
 * Its thread may end at any step. Counts, chains and entries change only under the lock of their shard: who
 * ends there leaves the lock in its name, and recovery rebuilds that shard from the other ledgers; who ends
 * elsewhere leaves counts and ledger in agreement. So an error thrown by one of its methods, a stack overflow
 * say, must end the thread.
 */
export class Gate {
  fullPolicy: FullPolicy = 'open';
  readonly sources: SourceAccess;
  readonly #table: SourcesTable;
  readonly #ledger: Ledger;
  readonly #worker: number;
  readonly #cursor: SlotCursor;
  readonly #holding = emptyHolding();
  readonly #judgement = emptyJudgement();
  /** Says more about the last verdict. */
  readonly judgement: Judgement = this.#judgement;

  /**
   * @param worker the worker's number, from 1; no two living gates of a table share it
   * @throws Error when the ledger still holds connections of a worker that was not recovered
   */
  constructor(table: SharedArrayBuffer, ledger: SharedArrayBuffer, worker: number) {
    if (!Number.isInteger(worker) || worker < 1) throw new RangeError('workers are numbered from 1');
    this.#table = new SourcesTable(table, worker);
    this.#cursor = new SlotCursor(this.#table);
    this.sources = new SourceAccess(this.#table, worker);
    this.#ledger = new Ledger(ledger);
    this.#worker = worker;
    if (this.#ledger.touched() !== 0) throw new Error(`the ledger of worker ${worker} is not empty`);
  }

  /**
   * Decides on one new connection, and counts it if it is admitted.
   *
   * @param address four words in network order; IPv4 as ::ffff:a.b.c.d
   * @param now milliseconds of a clock that never goes back, of one origin for all who use the table
   */
  admit(limit: Limit, address: Uint32Array, now: number): Verdict {
    return this.#judge(limit, address, this.#ledger.peek(), toTick(now));
  }

  /**
   * Counts a connection without a judgement, until `identify` says whose it is: that of a proxy whose header has
   * not come. No block closes it meanwhile, and a full table leaves it uncounted.
   *
   * @returns ADMIT or REFUSE_LEDGER_FULL
   */
  hold(limit: Limit, address: Uint32Array, now: number): Verdict {
    const { words } = this.#table;
    const connection = this.#ledger.peek();
    clearJudgement(this.#judgement);
    if (connection < 0) return REFUSE_LEDGER_FULL;
    this.#cursor.seek(limit, address, 0);
    const { header } = this.#cursor;
    acquire(words, header, this.#worker);
    this.#enter(limit, address, connection, this.#cursor.findOrCreate(toTick(now)), true, HELD);
    unlock(words, header);
    return ADMIT;
  }

  /**
   * Releases a connection and judges it as a new one of this address, in the same entry of the
   * ledger. One that is refused is no longer held, as after `release`; one that is admitted is not silent.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  identify(connection: number, limit: Limit, address: Uint32Array, now: number): Verdict {
    release(this.#table, this.#ledger, this.#ledger.held(connection), this.#worker);
    const verdict = this.#judge(limit, address, connection, toTick(now));
    if (!isAdmitted(verdict)) this.#ledger.put(connection);
    return verdict;
  }

  /**
   * Gives back what a connection was counted as.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  release(connection: number): void {
    release(this.#table, this.#ledger, this.#ledger.held(connection), this.#worker);
    this.#ledger.put(connection);
  }

  /**
   * Counts a connection among the silent ones of its source, if it is not yet.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  fellSilent(connection: number): void {
    markSilent(this.#table, this.#ledger, this.#ledger.held(connection), this.#worker, true);
  }

  /** The opposite of `fellSilent`. */
  spoke(connection: number): void {
    markSilent(this.#table, this.#ledger, this.#ledger.held(connection), this.#worker, false);
  }

  /**
   * Writes the four words of a held connection's address, unmasked.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  addressOf(connection: number, into: Uint32Array): void {
    const at = this.#ledger.held(connection) + ADDRESS;
    for (let word = 0; word < 4; word++) into[word] = read(this.#ledger.words, at + word);
  }

  /**
   * Whether an enforced block covers a held connection, so that it is to be closed. Takes no lock: the slot of a
   * held connection stays.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  blocked(connection: number, limit: Limit, now: number): boolean {
    const { words } = this.#ledger;
    const entry = this.#ledger.held(connection);
    const slot = read(words, entry + SLOT);
    if (slot === 0 || (read(words, entry + FLAGS) & HELD) !== 0 || !enforcesBlocks(limit)) return false;
    const reason = liveBlock(this.#table, this.#table.slotAt(slot), toTick(now));
    if (reason === NO_REASON) return false;
    return blockApplies(limit, reason, marksOf(limit, words, entry + ADDRESS));
  }

  /** Changes whenever a block starts in any worker: time to ask of each held connection whether it is `blocked`. */
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

  /** `connection`: where it is entered if it is admitted; -1 when the ledger is full. */
  #judge(limit: Limit, address: Uint32Array, connection: number, tick: number): Verdict {
    const { words } = this.#table;
    clearJudgement(this.#judgement);
    const marks = marksOf(limit, address);
    this.#cursor.seek(limit, address, 0);
    const { header } = this.#cursor;
    acquire(words, header, this.#worker);
    const verdict = this.#judgeLocked(limit, address, marks, connection, tick);
    unlock(words, header);
    return verdict;
  }

  #judgeLocked(limit: Limit, address: Uint32Array, marks: number, connection: number, tick: number): Verdict {
    const table = this.#table;
    const { words } = table;
    const known = this.#cursor.find();
    const decided = this.#decide(limit, marks, known, tick);
    const isAdmission = (decided & ADMITTED) !== 0;
    if (isAdmission && connection < 0) return REFUSE_LEDGER_FULL;
    this.#judgement.wouldRefuse = (decided & WOULD_REFUSE) !== 0;
    // Who is not known and not admitted leaves no trace.
    if (known === 0 && (decided & UNREPORTED) !== 0) return REFUSE_UNREPORTED;

    const slot = known !== 0 ? known : this.#cursor.create(tick);
    if (slot === 0) {
      const verdict = this.#full(isAdmission, isTrusted(marks));
      if (verdict === ADMIT) this.#enter(limit, address, connection, 0, true, 0);
      return verdict;
    }
    const at = table.slotAt(slot);
    if ((decided & (STARTS_BLOCK | STARTS_SHADOW_BLOCK)) !== 0) {
      const until = (tick + blockPeriodOf(limit, reasonOf(decided))) | 0;
      this.#judgement.startedBlock = (decided & STARTS_BLOCK) !== 0;
      if (this.#judgement.startedBlock) writeBlock(table, at, reasonOf(decided), until);
      else writeShadowBlock(table, at, reasonOf(decided), until);
    }
    if (isAdmission) {
      this.#enter(limit, address, connection, slot, (decided & SHADOW_ADMITTED) !== 0, 0);
    } else {
      countUp(words, at + REFUSED);
      this.#judgement.peak = read(words, at + PEAK);
    }
    if ((decided & (VIOLATION | WOULD_REFUSE)) === 0) return ADMIT;
    if ((decided & UNREPORTED) !== 0) return REFUSE_UNREPORTED;
    const isViolation = (decided & VIOLATION) !== 0;
    const reason = isViolation ? reasonOf(decided) : NO_REASON;
    const { wouldRefuse } = this.#judgement;
    this.#judgement.firstViolation = recordViolation(table, at, reason, wouldRefuse, tick);
    if (!isViolation) return ADMIT;
    this.#judgement.reason = reasonAt(reason);
    this.#judgement.peak = read(words, table.coldAt(at) + EPISODE_PEAK);
    return isAdmission ? ADMIT_REPORT : REFUSE_REPORT;
  }

  #decide(limit: Limit, marks: number, known: number, tick: number): number {
    if (known === 0) return limit.ipList === null ? firstOfSource : decide(limit, marks, nothing);
    const table = this.#table;
    readHolding(table, table.slotAt(known), tick, this.#holding);
    this.#judgement.open = this.#holding.open;
    this.#judgement.silent = this.#holding.silent;
    return decide(limit, marks, this.#holding);
  }

  /** What becomes of a connection for whose source there is no room. */
  #full(isAdmission: boolean, isExempt: boolean): Verdict {
    const isOpen = isAdmission && (isExempt || this.fullPolicy === 'open');
    countUp(this.#table.words, this.#cursor.header + (isOpen ? FULL_ADMITTED : FULL_REFUSED));
    this.#judgement.wouldRefuse = false;
    return isOpen ? ADMIT : REFUSE_TABLE_FULL;
  }

  /** Enters a connection into the ledger and counts it; slot 0 leaves it uncounted. */
  #enter(
    limit: Limit,
    address: Uint32Array,
    connection: number,
    slot: number,
    inShadow: boolean,
    marks: number,
  ): void {
    const table = this.#table;
    const entry = this.#ledger.enter(connection, limit.policy, address, marks);
    this.#judgement.connection = connection;
    if (slot === 0) return;
    count(table, this.#ledger, entry, slot, inShadow);
    this.#judgement.counted = true;
    const at = table.slotAt(slot);
    this.#judgement.open = read(table.words, at + OPEN);
    this.#judgement.silent = read(table.words, at + SILENT);
    this.#judgement.peak = read(table.words, at + PEAK);
  }

  #move(limit: Limit, entry: number, tick: number): void {
    const { words } = this.#table;
    this.#cursor.seek(limit, this.#ledger.words, entry + ADDRESS);
    const { header } = this.#cursor;
    const former = read(this.#ledger.words, entry + SLOT);
    if (former !== 0 && this.#cursor.matches(former)) return;
    const inShadow = release(this.#table, this.#ledger, entry, this.#worker);
    acquire(words, header, this.#worker);
    const slot = this.#cursor.findOrCreate(tick);
    if (slot !== 0) count(this.#table, this.#ledger, entry, slot, inShadow);
    else countUp(words, header + FULL_ADMITTED);
    unlock(words, header);
  }
}
