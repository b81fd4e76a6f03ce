import { acquireSoon, unlock } from '../../memory/lock.ts';
import { countUp, read } from '../../memory/words.ts';
import { count, uncount } from '../table/counting.ts';
import type { SourceScope } from '../table/key.ts';
import { ADDRESS, FLAGS, OVER, POLICY, SLOT } from '../table/ledger.ts';
import { entryOf, Ledgers } from '../table/ledgers.ts';
import { SlotCursor } from '../table/slot-cursor.ts';
import { FULL_ADMITTED, KEYS_EPOCH, SourcesTable } from '../table/table.ts';
import { toTick } from '../table/ticks.ts';

// For the main thread.

/** How often the sources of a table have been told apart anew. */
export function keysEpoch(buffer: SharedArrayBuffer): number {
  return Atomics.load(new Int32Array(buffer), KEYS_EPOCH);
}

/** Locks every shard; false: one was busy, and none is locked. */
function lockAll(table: SourcesTable): boolean {
  for (let shard = 0; shard < table.shards; shard++) {
    if (acquireSoon(table.words, table.shardAt(shard))) continue;
    unlockUpTo(table, shard);
    return false;
  }
  return true;
}

function unlockUpTo(table: SourcesTable, end: number): void {
  for (let shard = 0; shard < end; shard++) unlock(table.words, table.shardAt(shard));
}

/**
 * Tells the sources of some policies apart by other prefixes from now on: in one moment for all workers, which judge
 * nobody meanwhile. Nobody is refused; what finds the table full stays open uncounted. Blocks and episodes of the former
 * prefixes run out where they are.
 *
 * The limits of every worker must name this change: `keysEpoch` + 1 is the epoch until which their former scope holds.
 *
 * @param ledgers of all workers, by their numbers
 * @param now on the clock of `Gate.admit`
 * @returns false when a shard was busy, and nothing has changed: call again in a later turn of the event loop
 */
export function changeKeys(
  buffer: SharedArrayBuffer,
  ledgers: readonly SharedArrayBuffer[],
  scopes: readonly SourceScope[],
  now: number,
): boolean {
  const table = new SourcesTable(buffer);
  if (!lockAll(table)) return false;
  const byPolicy = new Map(scopes.map((scope) => [scope.policy, scope]));
  const movement = new Movement(table, new Ledgers(ledgers), toTick(now));
  movement.run((policy) => byPolicy.get(policy));
  Atomics.add(table.words, KEYS_EPOCH, 1);
  unlockUpTo(table, table.shards);
  return true;
}

/** Counts connections under other scopes, all shards locked. */
class Movement {
  readonly #table: SourcesTable;
  readonly #ledgers: Ledgers;
  readonly #cursor: SlotCursor;
  readonly #tick: number;

  constructor(table: SourcesTable, ledgers: Ledgers, tick: number) {
    this.#table = table;
    this.#ledgers = ledgers;
    this.#cursor = new SlotCursor(table);
    this.#tick = tick;
  }

  run(scopeOf: (policy: number) => SourceScope | undefined): void {
    for (let worker = 1; worker <= this.#ledgers.workers; worker++) {
      this.#ledgers.each(worker, (reference, words) => {
        const entry = entryOf(reference);
        if (read(words, entry + FLAGS) === 0) return;
        const scope = scopeOf(read(words, entry + POLICY));
        if (scope !== undefined) this.#move(reference, scope);
      });
    }
  }

  #move(reference: number, scope: SourceScope): void {
    const words = this.#ledgers.wordsOf(reference);
    const entry = entryOf(reference);
    const former = read(words, entry + SLOT);
    if (former === OVER) return;
    this.#cursor.seek(scope, words, entry + ADDRESS);
    if (former !== 0 && this.#cursor.matches(former)) return;
    const inShadow = former === 0 || uncount(this.#table, this.#ledgers, reference, 0);
    const slot = this.#cursor.findOrCreate(this.#tick);
    if (slot !== 0) count(this.#table, this.#ledgers, reference, slot, inShadow);
    else countUp(this.#table.words, this.#cursor.header + FULL_ADMITTED);
  }
}
