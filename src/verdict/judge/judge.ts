import { isOfRule } from '../table/reasons.ts';
import type { SlotCursor } from '../table/slot-cursor.ts';
import type { SourcesTable } from '../table/table.ts';
import { toMoment, toTick } from '../table/ticks.ts';
import type { Candidate } from './candidate.ts';
import { decide, firstOfSource, IN_BLOCK, reasonOf, VIOLATION, WOULD_REFUSE } from './decision.ts';
import { type Departures, NONE_IS_OVER, ONE_IS_CLOSING } from './departures.ts';
import { emptyHolding, isSharing, readHolding, readSharing } from './holding.ts';
import { clearJudgement, type JudgementInWork } from './judgement.ts';
import type { Limit } from './limit.ts';

/** In place of a decision: there is none before another worker has closed what it is closing. */
export const NOT_YET = -1;

/** Decides on one connection after another by what its source holds, once whatever is over by now no longer counts. */
export class Judge {
  /** The slot of the source that was judged last; 0: the table does not know it. */
  known = 0;
  readonly #table: SourcesTable;
  readonly #cursor: SlotCursor;
  /** Null: nobody can be asked about sockets. */
  readonly #departures: Departures | null;
  readonly #judgement: JudgementInWork;
  readonly #holding = emptyHolding();
  /** Of a source that the table does not know. */
  readonly #nothing = emptyHolding();

  /**
   * @param cursor it is at the source that is judged, whose shard is locked
   * @param judgement is begun anew by each decision, with what the source holds
   */
  constructor(
    table: SourcesTable,
    cursor: SlotCursor,
    departures: Departures | null,
    judgement: JudgementInWork,
  ) {
    this.#table = table;
    this.#cursor = cursor;
    this.#departures = departures;
    this.#judgement = judgement;
  }

  /** What becomes of one more connection: bits of decision.ts, or NOT_YET where it may be. */
  decide({ limit, marks, socket, now }: Candidate, mayWait: boolean): number {
    const departures = this.#departures;
    for (;;) {
      const known = this.#cursor.find();
      this.known = known;
      clearJudgement(this.#judgement);
      if (known === 0) return this.#decideUnknown(limit, marks, toTick(now));
      const decided = this.#decideKnown(limit, marks, known, toTick(now));
      if (departures === null || !isForLimit(decided)) return decided;
      const found = departures.settle(known, socket, toMoment(now));
      if (found === NONE_IS_OVER) return decided;
      if (found === ONE_IS_CLOSING) return mayWait ? NOT_YET : decided;
    }
  }

  #decideUnknown(limit: Limit, marks: number, tick: number): number {
    const isShared = isSharing(this.#table);
    if (limit.ipList === null && !isShared) return firstOfSource;
    readSharing(this.#table, 0, limit, tick, this.#nothing);
    return decide(limit, marks, this.#nothing);
  }

  #decideKnown(limit: Limit, marks: number, known: number, tick: number): number {
    const table = this.#table;
    const at = table.slotAt(known);
    readHolding(table, at, tick, this.#holding);
    if (isSharing(table)) readSharing(table, at, limit, tick, this.#holding);
    this.#judgement.elsewhere = this.#holding.elsewhere;
    this.#judgement.open = this.#holding.open;
    this.#judgement.silent = this.#holding.silent;
    return decide(limit, marks, this.#holding);
  }
}

/** Whether how much the source holds is what speaks against a connection: not a block, nor an IP list. */
function isForLimit(decided: number): boolean {
  if ((decided & (VIOLATION | WOULD_REFUSE)) === 0 || !isOfRule(reasonOf(decided))) return false;
  return (decided & IN_BLOCK) === 0;
}
