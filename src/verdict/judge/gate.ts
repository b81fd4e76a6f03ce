import { ChangeWatch } from '../../memory/change.ts';
import { giveWay, unlock } from '../../memory/lock.ts';
import { countUp, read } from '../../memory/words.ts';
import { count, leave, markSilent } from '../table/counting.ts';
import {
  ADDRESS,
  CLOSING,
  FLAGS,
  HELD,
  Ledger,
  NO_SOCKET,
  SLOT,
  SOCKET,
  socketOf,
  stalled,
} from '../table/ledger.ts';
import { Ledgers, referenceOf } from '../table/ledgers.ts';
import { NO_REASON, reasonAt } from '../table/reasons.ts';
import { SlotCursor } from '../table/slot-cursor.ts';
import {
  BLOCKS_STARTED,
  EPISODE_PEAK,
  FULL_ADMITTED,
  FULL_REFUSED,
  OPEN,
  PEAK,
  SILENT,
  SourcesTable,
} from '../table/table.ts';
import { toTick } from '../table/ticks.ts';
import {
  liveBlock,
  recordRefusal,
  recordViolation,
  writeBlock,
  writeShadowBlock,
} from '../table/violations.ts';
import { type Candidate, Candidates } from './candidate.ts';
import {
  ADMITTED,
  IN_BLOCK,
  reasonOf,
  SHADOW_ADMITTED,
  STARTS_BLOCK,
  STARTS_SHADOW_BLOCK,
  UNREPORTED,
  VIOLATION,
  WOULD_REFUSE,
} from './decision.ts';
import { Departures, type SocketProbe } from './departures.ts';
import { Judge, NOT_YET } from './judge.ts';
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

/** How often a verdict is put off, a tenth of a millisecond each time: about as long as a thread can be kept from running. */
const mostWaits = 10_000;

/**
 * One worker's view of the sources table; it alone enters connections into its ledger.
 *
 * A connection counts from `admit` on, until it is over: `closing` and `over` stand right before and right after the
 * system call by which the peer can learn that. Who is at a limit meanwhile waits for `over`, so that nobody is refused
 * who knows that there is a place, and nobody admitted to a place that is not free.
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
  readonly #ledgers: Ledgers;
  readonly #worker: number;
  readonly #cursor: SlotCursor;
  readonly #judge: Judge;
  /** Somebody has announced the source that is judged. */
  #isAnnounced = false;
  readonly #judgement = emptyJudgement();
  readonly #candidates = new Candidates();
  /** Says more about the last verdict. */
  readonly judgement: Judgement = this.#judgement;

  /**
   * @param ledgers of all workers of the table, by their numbers: that of worker 1 first
   * @param worker the worker's number, from 1; no two living gates of a table share it
   * @throws Error when its ledger still holds connections of a worker that was not recovered
   */
  constructor(
    table: SharedArrayBuffer,
    ledgers: readonly SharedArrayBuffer[],
    worker: number,
    probe: SocketProbe | null = null,
  ) {
    const ledger = ledgers[worker - 1];
    if (ledger === undefined) throw new RangeError('workers are numbered from 1, and each has its ledger');
    this.#table = new SourcesTable(table, worker);
    this.#cursor = new SlotCursor(this.#table);
    this.sources = new SourceAccess(this.#table, worker);
    this.#ledger = new Ledger(ledger);
    this.#ledgers = new Ledgers(ledgers);
    this.#worker = worker;
    const departures = probe && new Departures(this.#table, this.#ledgers, probe);
    this.#judge = new Judge(this.#table, this.#cursor, departures, this.#judgement);
    if (this.#ledger.touched() !== 0) throw new Error(`the ledger of worker ${worker} is not empty`);
  }

  /**
   * Decides on one new connection, and counts it if it is admitted.
   *
   * @param address four words in network order; IPv4 as ::ffff:a.b.c.d
   * @param now milliseconds of a clock that never goes back, of one origin for all who use the table
   * @param socket what the probe of every worker knows its socket by
   */
  admit(limit: Limit, address: Uint32Array, now: number, socket = NO_SOCKET): Verdict {
    const connection = this.#ledger.peek();
    return this.#judged(this.#candidates.next(limit, address, connection, socket, now));
  }

  /**
   * Counts a connection without a judgement, until `identify` says whose it is: that of a proxy whose header has
   * not come. No block closes it meanwhile, and a full table leaves it uncounted.
   *
   * @param marks flags of its entry; with none it is one of those that were judged
   * @returns ADMIT or REFUSE_LEDGER_FULL
   */
  hold(limit: Limit, address: Uint32Array, now: number, socket = NO_SOCKET, marks = HELD): Verdict {
    const connection = this.#ledger.peek();
    clearJudgement(this.#judgement);
    if (connection < 0) return REFUSE_LEDGER_FULL;
    this.#cursor.lock(limit, address, this.#worker);
    const slot = this.#cursor.findOrCreate(toTick(now));
    this.#enter(this.#candidates.next(limit, address, connection, socket, now), slot, true, marks);
    unlock(this.#table.words, this.#cursor.header);
    return ADMIT;
  }

  /**
   * Releases a connection and judges it as a new one of this address, in the same entry of the
   * ledger. One that is refused is no longer held, as after `release`; one that is admitted is not silent.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  identify(connection: number, limit: Limit, address: Uint32Array, now: number): Verdict {
    this.over(connection);
    this.#isAnnounced = true;
    const verdict = this.#judged(this.#candidates.next(limit, address, connection, NO_SOCKET, now));
    this.#isAnnounced = false;
    if (!isAdmitted(verdict)) this.#ledger.put(connection);
    return verdict;
  }

  /**
   * The system call that ends a connection comes next, and then `over`.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  closing(connection: number): void {
    Atomics.store(this.#ledger.words, this.#ledger.held(connection) + SOCKET, CLOSING);
  }

  /**
   * A connection is over, and no longer counts; its number is held until `release`.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  over(connection: number): void {
    this.#ledger.held(connection);
    leave(this.#table, this.#ledgers, this.#referenceOf(connection), this.#worker);
  }

  /**
   * Gives back what a connection was counted as, and its number.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  release(connection: number): void {
    this.over(connection);
    this.#ledger.put(connection);
  }

  /**
   * This worker reads nothing from a connection until somebody takes what it has read, or reads on: what the system
   * knows of the end of such a one says nothing of when it will be over.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  stalls(connection: number, isStalled: boolean): void {
    const { words } = this.#ledger;
    const at = this.#ledger.held(connection) + SOCKET;
    const socket = socketOf(read(words, at));
    if (socket >= 0) Atomics.store(words, at, isStalled ? stalled(socket) : socket);
  }

  /**
   * Counts a connection among the silent ones of its source, if it is not yet.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  fellSilent(connection: number): void {
    this.#markSilent(connection, true);
  }

  /** The opposite of `fellSilent`. */
  spoke(connection: number): void {
    this.#markSilent(connection, false);
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
   * held connection stays, unless it is over.
   *
   * @throws RangeError when this gate holds no such connection.
   */
  blocked(connection: number, limit: Limit, now: number): boolean {
    const { words } = this.#ledger;
    const entry = this.#ledger.held(connection);
    const slot = read(words, entry + SLOT);
    if (slot <= 0 || (read(words, entry + FLAGS) & HELD) !== 0 || !enforcesBlocks(limit)) return false;
    const reason = liveBlock(this.#table, this.#table.slotAt(slot), toTick(now));
    if (reason === NO_REASON) return false;
    return blockApplies(limit, reason, marksOf(limit, words, entry + ADDRESS));
  }

  /** Changes whenever a block starts in any worker: time to ask of each held connection whether it is `blocked`. */
  blocksStarted(): number {
    return Atomics.load(this.#table.words, BLOCKS_STARTED);
  }

  /** Calls when that is another than it was. */
  watchBlocks(changed: () => void): ChangeWatch {
    return new ChangeWatch(this.#table.words, BLOCKS_STARTED, changed);
  }

  #referenceOf(connection: number): number {
    return referenceOf(this.#worker, connection);
  }

  #markSilent(connection: number, isSilent: boolean): void {
    this.#ledger.held(connection);
    markSilent(this.#table, this.#ledgers, this.#referenceOf(connection), this.#worker, isSilent);
  }

  #judged(candidate: Candidate): Verdict {
    const { words } = this.#table;
    for (let waits = 0; ; waits++) {
      this.#cursor.lock(candidate.limit, candidate.address, this.#worker);
      const decided = this.#judge.decide(candidate, waits < mostWaits);
      const verdict = decided === NOT_YET ? NOT_YET : this.#carryOut(decided, candidate);
      unlock(words, this.#cursor.header);
      if (verdict !== NOT_YET) return verdict;
      giveWay(words, this.#cursor.header);
    }
  }

  /** Does what was decided, lock held. */
  #carryOut(decided: number, candidate: Candidate): Verdict {
    const { limit, connection, marks, now } = candidate;
    const table = this.#table;
    const { words } = table;
    const { known } = this.#judge;
    const tick = toTick(now);
    const isAdmission = (decided & ADMITTED) !== 0;
    if (isAdmission && connection < 0) return REFUSE_LEDGER_FULL;
    this.#judgement.wouldRefuse = (decided & WOULD_REFUSE) !== 0;
    this.#judgement.reason = reasonAt(reasonOf(decided));
    this.#judgement.inBlock = (decided & IN_BLOCK) !== 0;
    // Who is not known and not admitted leaves no trace.
    if (known === 0 && (decided & UNREPORTED) !== 0) return REFUSE_UNREPORTED;

    const slot = known !== 0 ? known : this.#cursor.create(tick);
    if (slot === 0) {
      const verdict = this.#full(isAdmission, isTrusted(marks));
      if (verdict === ADMIT) this.#enter(candidate, 0, true, 0);
      return verdict;
    }
    const at = table.slotAt(slot);
    if ((decided & (STARTS_BLOCK | STARTS_SHADOW_BLOCK)) !== 0) {
      const until = (tick + blockPeriodOf(limit, reasonOf(decided))) | 0;
      this.#judgement.startedBlock = (decided & STARTS_BLOCK) !== 0;
      if (this.#judgement.startedBlock) writeBlock(table, at, reasonOf(decided), until, !this.#isAnnounced);
      else writeShadowBlock(table, at, reasonOf(decided), until);
    }
    if (isAdmission) {
      this.#enter(candidate, slot, (decided & SHADOW_ADMITTED) !== 0, 0);
    } else {
      recordRefusal(table, at);
      this.#judgement.peak = read(words, at + PEAK);
    }
    if ((decided & (VIOLATION | WOULD_REFUSE)) === 0) return ADMIT;
    if ((decided & UNREPORTED) !== 0) return REFUSE_UNREPORTED;
    const isViolation = (decided & VIOLATION) !== 0;
    const reason = isViolation ? reasonOf(decided) : NO_REASON;
    const { wouldRefuse } = this.#judgement;
    this.#judgement.firstViolation = recordViolation(table, at, reason, wouldRefuse, tick);
    if (!isViolation) return ADMIT;
    this.#judgement.peak = read(words, table.coldAt(at) + EPISODE_PEAK);
    return isAdmission ? ADMIT_REPORT : REFUSE_REPORT;
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
    { limit, address, connection, socket }: Candidate,
    slot: number,
    inShadow: boolean,
    marks: number,
  ): void {
    const table = this.#table;
    this.#ledger.enter(connection, limit.policy, address, marks, socket);
    this.#judgement.connection = connection;
    if (slot === 0) return;
    count(table, this.#ledgers, this.#referenceOf(connection), slot, inShadow);
    this.#judgement.counted = true;
    const at = table.slotAt(slot);
    this.#judgement.open = read(table.words, at + OPEN);
    this.#judgement.silent = read(table.words, at + SILENT);
    this.#judgement.peak = read(table.words, at + PEAK);
  }
}
