import { unlock } from '../../memory/lock.ts';
import { read } from '../../memory/words.ts';
import { BY_SCRIPT } from '../table/reasons.ts';
import { SlotCursor } from '../table/slot-cursor.ts';
import { OPEN, type SourcesTable } from '../table/table.ts';
import { toTick } from '../table/ticks.ts';
import { writeBlock } from '../table/violations.ts';
import { blockApplies, type Limit, marksOf } from './limit.ts';

/** What a worker may ask and order about a source that it names by an address: four words in network order. */
export class SourceAccess {
  readonly #table: SourcesTable;
  readonly #worker: number;
  readonly #cursor: SlotCursor;

  /** @param worker the worker's number, from 1 */
  constructor(table: SourcesTable, worker: number) {
    this.#table = table;
    this.#worker = worker;
    this.#cursor = new SlotCursor(table);
  }

  /** Connections that it holds under a policy, in all workers. */
  countOf(limit: Limit, address: Uint32Array): number {
    const { words } = this.#table;
    this.#cursor.lock(limit, address, this.#worker);
    const slot = this.#cursor.find();
    const open = slot === 0 ? 0 : read(words, this.#table.slotAt(slot) + OPEN);
    unlock(words, this.#cursor.header);
    return open;
  }

  /**
   * Blocks it for so many seconds, on the word of a script; a block that runs already ends then instead.
   *
   * @returns false when it can't be blocked: in monitor-mode, as a trusted address, or for want of room in the table
   */
  block(limit: Limit, address: Uint32Array, seconds: number, now: number): boolean {
    const { words } = this.#table;
    if (limit.monitor || !blockApplies(limit, BY_SCRIPT, marksOf(limit, address))) return false;
    const tick = toTick(now);
    this.#cursor.lock(limit, address, this.#worker);
    const slot = this.#cursor.findOrCreate(tick);
    if (slot !== 0) writeBlock(this.#table, this.#table.slotAt(slot), BY_SCRIPT, (tick + seconds * 1000) | 0);
    unlock(words, this.#cursor.header);
    return slot !== 0;
  }
}
