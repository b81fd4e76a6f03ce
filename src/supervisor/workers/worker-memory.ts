import { monotonicNow } from '../../enforcer/engine/clock.ts';
import { createOwnConnections, forgetConnectionsOf } from '../../enforcer/engine/own-connections.ts';
import { createOwnedDescriptors } from '../../enforcer/engine/owned-descriptors.ts';
import { descriptorNumbers, descriptorsWithheld } from '../../enforcer/sockets/descriptors.ts';
import {
  beat,
  type Counts,
  clearGauges,
  createCounters,
  readCounts,
  readVerdictTimes,
  sinceBeat,
  takeMostConnections,
  type VerdictTimes,
  verdictBounds,
  withholdDescriptors,
} from '../../enforcer/worker/counters.ts';
import type { WorkerData } from '../../enforcer/worker/messages.ts';
import { Gate } from '../../verdict/judge/gate.ts';
import type { SourceScope } from '../../verdict/table/key.ts';
import { createLedger } from '../../verdict/table/ledger.ts';
import { createSourcesTable } from '../../verdict/table/table.ts';
import { EntryWatch } from '../../verdict/upkeep/entry-changes.ts';
import { changeKeys, keysEpoch } from '../../verdict/upkeep/keys.ts';
import { connectionsByPolicy } from '../../verdict/upkeep/policy-connections.ts';
import { recoverWorker } from '../../verdict/upkeep/recovery.ts';

type OfWorker = Pick<
  WorkerData,
  'table' | 'ledgers' | 'counters' | 'ownConnections' | 'ownDescriptors' | 'worker'
>;

/** What the main thread and the workers share from start to end: the sources table, ledgers and counters. */
export class WorkerMemory {
  /** Its clock is `monotonicNow`. */
  readonly table: SharedArrayBuffer;
  readonly #workers: number;
  readonly #counters: SharedArrayBuffer;
  readonly #ownConnections: SharedArrayBuffer;
  /**
   * One for each worker, whose number is one more than its index; and the last one for connections of the process before
   * this one, as of one more worker.
   */
  readonly #ledgers: readonly SharedArrayBuffer[];
  /** Likewise. */
  readonly #ownDescriptors: readonly SharedArrayBuffer[];

  /**
   * @param sources that the table holds
   * @param descriptors that connections may use, all workers together
   */
  constructor(workers: number, sources: number, descriptors: number) {
    this.#workers = workers;
    this.table = createSourcesTable(sources);
    this.#counters = createCounters(workers);
    // Workers share one queue of connections, so that one of them may come to hold them all.
    const capacity = Math.ceil(descriptors / 2);
    this.#ownConnections = createOwnConnections(workers, capacity);
    this.#ledgers = Array.from({ length: workers + 1 }, () => createLedger(capacity));
    this.#ownDescriptors = this.#rows.map(() => createOwnedDescriptors(descriptorNumbers()));
  }

  /** What a worker is given. Throws RangeError where there is no such worker. */
  of(worker: number): OfWorker {
    const ownDescriptors = this.ownDescriptors(worker);
    const { table } = this;
    return {
      table,
      ledgers: this.#ledgers,
      counters: this.#counters,
      ownConnections: this.#ownConnections,
      ownDescriptors,
      worker,
    };
  }

  /** What the engine of a worker has open. Throws RangeError where there is no such worker. */
  ownDescriptors(worker: number): SharedArrayBuffer {
    const descriptors = this.#ownDescriptors[worker - 1];
    if (descriptors === undefined) throw new RangeError(`there is no worker ${worker}`);
    return descriptors;
  }

  /** One for each worker. */
  counts(): readonly Counts[] {
    return this.#rows.map((row) => readCounts(this.#counters, row));
  }

  /** What verdicts took in all workers. */
  verdictTimes(): VerdictTimes {
    const times = this.#ledgers.map((_, row) => readVerdictTimes(this.#counters, row));
    return {
      bounds: verdictBounds,
      counts: [...verdictBounds, Number.POSITIVE_INFINITY].map((_, index) =>
        times.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0),
      ),
      total: times.reduce((sum, { total }) => sum + total, 0),
    };
  }

  /** The most connections that there were since this was last asked: those of each worker, taken together. */
  takeMostConnections(): number {
    return this.#rows.reduce((sum, row) => sum + takeMostConnections(this.#counters, row), 0);
  }

  /** Connections by the row id of their policy. */
  connections(): ReadonlyMap<number, number> {
    return connectionsByPolicy(this.#ledgers);
  }

  /** Its thread is about to begin: until it has, it counts as at work. */
  begins(worker: number): void {
    beat(this.#counters, worker - 1, monotonicNow());
  }

  /** Milliseconds since it was at work last. */
  sinceBeat(worker: number): number {
    return sinceBeat(this.#counters, worker - 1, monotonicNow());
  }

  /** `listening`: the descriptors of listening sockets, with so many workers. */
  withholdFor(listening: (workers: number) => number): void {
    const descriptors = descriptorsWithheld(listening(this.#workers));
    withholdDescriptors(this.#counters, descriptors);
  }

  /** A worker has ended, and the system has closed its descriptors. Returns the connections that it had. */
  clearGauges(worker: number): number {
    const { connections } = readCounts(this.#counters, worker - 1);
    clearGauges(this.#counters, worker - 1);
    forgetConnectionsOf(this.#ownConnections, worker);
    return connections;
  }

  /** Subtracts what a dead worker counted and frees its locks. False: another worker is in the way; try again soon. */
  recover(worker: number): boolean {
    return recoverWorker(this.table, this.#ledgers, worker);
  }

  /** Recovers every worker, once no thread is left. */
  recoverAll(): void {
    const workers = this.#rows.map((row) => row + 1);
    const recovered = workers.map((worker) => this.recover(worker));
    // Once all locks of the dead are free, nothing is busy any more.
    if (!recovered.every(Boolean)) for (const worker of workers) this.recover(worker);
  }

  /** Counts connections of the process before this one: to be had once, and given back by `recoverFormer`. */
  formerGate(): Gate {
    return new Gate(this.table, this.#ledgers, this.#workers + 1);
  }

  /** Subtracts those. False: a worker is in the way; try again soon. Their gate must not be used any more. */
  recoverFormer(): boolean {
    return this.recover(this.#workers + 1);
  }

  /** What becomes of all connections that count here. */
  watchEntries(): EntryWatch {
    return new EntryWatch(this.#ledgers);
  }

  /** By the index of each worker. */
  get #rows(): readonly number[] {
    return Array.from({ length: this.#workers }, (_, row) => row);
  }

  /** How often the sources of policies have been told apart anew. */
  get keysEpoch(): number {
    return keysEpoch(this.table);
  }

  /** Tells sources apart by other prefixes, in one moment for all workers. False: one is in the way; try again soon. */
  changeKeys(scopes: readonly SourceScope[], now: number): boolean {
    return changeKeys(this.table, this.#ledgers, scopes, now);
  }
}
