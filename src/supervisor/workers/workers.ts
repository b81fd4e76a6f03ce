import { mergeListings } from '../../enforcer/connection/listing.ts';
import { descriptorBudget, descriptorsWithheld } from '../../enforcer/sockets/descriptors.ts';
import {
  clearGauges,
  createCounters,
  readCounts,
  withholdDescriptors,
} from '../../enforcer/worker/counters.ts';
import type { ConnectionListing, WorkerData } from '../../enforcer/worker/messages.ts';
import { defaultTimeouts } from '../../enforcer/worker/timeouts.ts';
import { type ListenerPlan, listenersOf } from '../../policy/difference.ts';
import type { Snapshot } from '../../policy/snapshot.ts';
import { createLedger } from '../../verdict/table/ledger.ts';
import { createSourcesTable } from '../../verdict/table/table.ts';
import { connectionsByPolicy } from '../../verdict/upkeep/policy-connections.ts';
import { recoverWorker } from '../../verdict/upkeep/recovery.ts';
import { EpisodeSweep } from '../keepers/episodes.ts';
import { type MemberState, Members } from '../members/members.ts';
import { ListeningSockets } from './listening-sockets.ts';
import type { WorkersOptions, WorkersStatus } from './options.ts';
import { ScriptMemories } from './script-memories.ts';
import { spawnWorker } from './spawn-worker.ts';
import { type Unasked, WorkerThread } from './worker-thread.ts';

const listenerRetry = 3000;
/** One that ends sooner after its start is replaced only after this. */
const restartDelay = 1000;
const recoveryRetry = 10;
const stopPatience = 2000;
const defaultReportInterval = 3_600_000;

/** The supervisor of the data plane's threads: all that the main thread knows of them. */
export class Workers {
  /** The sources table, for listing and lifting. Its clock is `monotonicNow`. */
  readonly table: SharedArrayBuffer;
  readonly #options: WorkersOptions;
  readonly #counters: SharedArrayBuffer;
  readonly #ledgers: readonly SharedArrayBuffer[];
  readonly #descriptors: number;
  readonly #threads = new Map<number, WorkerThread>();
  readonly #sockets = new ListeningSockets();
  readonly #pools: Members;
  readonly #scripts = new ScriptMemories();
  readonly #episodes: EpisodeSweep;
  readonly #timers = new Set<NodeJS.Timeout>();
  #snapshot: Snapshot | null = null;
  #wanted: ReadonlyMap<string, ListenerPlan> = new Map();
  #running: Promise<void> = Promise.resolve();
  #isStopping = false;

  constructor(options: WorkersOptions) {
    this.#options = options;
    this.#descriptors = options.descriptors ?? descriptorBudget();
    this.table = createSourcesTable(options.sources);
    this.#counters = createCounters(options.workers);
    this.#pools = new Members({
      workers: options.workers,
      onEvent: options.onEvent,
      onMoved: () => void this.#inTurn(() => this.#sendRows()),
      ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
    });
    // Workers share one queue of connections, so that one of them may come to hold them all.
    const capacity = Math.ceil(this.#descriptors / 2);
    this.#ledgers = Array.from({ length: options.workers }, () => createLedger(capacity));
    const { reportInterval = defaultReportInterval } = options;
    this.#episodes = new EpisodeSweep(this.table, reportInterval, options.onEpisodeLine);
    for (let worker = 1; worker <= options.workers; worker++) this.#start(worker);
    this.#later(listenerRetry, () => void this.#retryListeners());
  }

  /** Resolves when every worker runs it, and every listener of it stands or is reported as failed. */
  apply(snapshot: Snapshot): Promise<void> {
    return this.#inTurn(async () => {
      const before = this.#snapshot;
      this.#snapshot = snapshot;
      this.#wanted = listenersOf(snapshot);
      this.#pools.prepare(snapshot);
      this.#scripts.prepare(snapshot);
      const { rows } = this.#pools;
      const memories = this.#scripts.all;
      await this.#all(async (thread) => {
        await thread.ask({ type: 'snapshot', snapshot, rows, memories });
        for (const key of thread.handed.keys()) if (!this.#wanted.has(key)) thread.handed.delete(key);
      });
      this.#sockets.change(this.#wanted);
      this.#noteListeners();
      for (const failure of this.#sockets.failures()) {
        this.#options.onEvent({ type: 'listener-failed', worker: 0, ...failure });
      }
      await this.#all((thread) => this.#distribute(thread));
      const kept = new Set(snapshot.policies.map((policy) => policy.id));
      const ids = before?.policies.map((policy) => policy.id) ?? [];
      await this.#episodes.end(ids.filter((id) => !kept.has(id)));
    });
  }

  /** Milliseconds between two lines of an episode that goes on, and without a violation before it ends. */
  set reportInterval(interval: number) {
    this.#episodes.reportInterval = interval;
  }

  status(): WorkersStatus {
    return {
      revision: this.#snapshot?.revision ?? null,
      listeners: this.#sockets.status(),
      counts: this.#ledgers.map((_, row) => readCounts(this.#counters, row)),
      descriptorLimit: this.#descriptors,
    };
  }

  /** Connections by the row id of their policy. */
  connections(): ReadonlyMap<number, number> {
    return connectionsByPolicy(this.#ledgers);
  }

  /** At most `limit` of the connections of a policy as they are now, the newest first, and how many there are. */
  async listConnections(policy: number, limit: number): Promise<ConnectionListing> {
    const answers = [...this.#threads.values()].map((thread) => thread.listConnections(policy, limit));
    return mergeListings(await Promise.all(answers), limit);
  }

  /** Every member of the pools that policies have, as it is now. */
  members(): readonly MemberState[] {
    return this.#pools.states();
  }

  /** Closes the listeners, resets the connections, ends the threads, and then every episode: its counts are told. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#episodes.stop();
    const { promise: patience, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, stopPatience);
    await Promise.race([this.#finish(), patience]);
    clearTimeout(timer);
    this.#sockets.closeAll();
    await Promise.all([...this.#threads.values()].map((thread) => thread.terminate()));
    await this.#pools.stop();
    this.#recoverAll();
    await this.#episodes.end(this.#snapshot?.policies.map((policy) => policy.id) ?? []);
  }

  /** No thread is left. One that had to be terminated may have died with a lock, under which episodes would stay. */
  #recoverAll(): void {
    const recover = (ledger: SharedArrayBuffer, index: number): boolean => {
      const others = this.#ledgers.filter((other) => other !== ledger);
      return recoverWorker(this.table, others, ledger, index + 1);
    };
    // Once all locks of the dead are free, nothing is busy any more.
    if (!this.#ledgers.map(recover).every(Boolean)) this.#ledgers.forEach(recover);
  }

  async #sendRows(): Promise<void> {
    const { rows } = this.#pools;
    await this.#all((thread) => thread.ask({ type: 'member-rows', rows }));
  }

  async #finish(): Promise<void> {
    await this.#running;
    await this.#all((thread) => thread.ask({ type: 'stop' }));
  }

  #start(worker: number): void {
    const ledger = this.#ledgers[worker - 1];
    if (ledger === undefined || this.#isStopping) return;
    const data: WorkerData = {
      table: this.table,
      ledger,
      counters: this.#counters,
      worker,
      descriptorLimit: this.#descriptors,
      timeouts: this.#options.timeouts ?? defaultTimeouts,
      processors: this.#options.processors ?? null,
    };
    const thread = new WorkerThread(
      (this.#options.spawn ?? spawnWorker)(data),
      worker,
      ledger,
      (message) => this.#told(thread, message),
      (cause) => this.#ended(thread, cause),
    );
    this.#threads.set(worker, thread);
    if (this.#snapshot === null) return;
    const snapshot = this.#snapshot;
    const pools = this.#pools;
    const scripts = this.#scripts;
    void thread.ask({ type: 'snapshot', snapshot, rows: pools.rows, memories: scripts.all });
    void this.#distribute(thread);
  }

  /** The system has closed all that the worker had open: only now may its counts be given back. */
  #ended(thread: WorkerThread, cause: string): void {
    const { worker } = thread;
    this.#threads.delete(worker);
    for (const key of [...thread.handed.keys()]) this.#reclaim(thread, key);
    const { connections } = readCounts(this.#counters, worker - 1);
    clearGauges(this.#counters, worker - 1);
    this.#pools.workerEnded(worker);
    this.#scripts.workerEnded(worker);
    if (this.#isStopping) return;
    this.#options.onEvent({ type: 'worker-ended', worker, cause, connections });
    const lived = performance.now() - thread.startedAt;
    this.#recover(thread, lived < restartDelay ? restartDelay : 0);
  }

  #recover({ worker, ledger }: Pick<WorkerThread, 'worker' | 'ledger'>, delay: number): void {
    const others = this.#ledgers.filter((other) => other !== ledger);
    if (!recoverWorker(this.table, others, ledger, worker)) {
      this.#later(recoveryRetry, () => this.#recover({ worker, ledger }, delay));
    } else if (delay > 0) {
      this.#later(delay, () => this.#start(worker));
    } else {
      this.#start(worker);
    }
  }

  #told(thread: WorkerThread, message: Unasked): void {
    switch (message.type) {
      case 'violations':
        this.#options.onViolations(message.records);
        break;
      case 'traffic':
        this.#options.onTraffic?.(message.records);
        break;
      case 'script-lines':
        for (const line of message.lines) {
          this.#options.onEvent({ ...line, type: 'script-line', worker: thread.worker });
        }
        break;
      case 'proxy-header':
        this.#options.onEvent({ ...message, worker: thread.worker });
        break;
      case 'descriptors-exhausted':
        this.#options.onEvent({ ...message, worker: thread.worker, limit: this.#descriptors });
        break;
      case 'listener-failed':
        this.#listenerFailed(thread, message.key, message.message);
        break;
    }
  }

  /** The socket stands, but this worker can't accept from it: it is handed out again later. */
  #listenerFailed(thread: WorkerThread, key: string, message: string): void {
    const plan = this.#sockets.planOf(key);
    if (plan === undefined) return;
    this.#reclaim(thread, key);
    this.#options.onEvent({ type: 'listener-failed', worker: thread.worker, ...plan, message });
  }

  async #retryListeners(): Promise<void> {
    await this.#inTurn(async () => {
      const opened = this.#sockets.retry();
      this.#noteListeners();
      await this.#all((thread) => this.#distribute(thread));
      for (const plan of opened) this.#options.onEvent({ type: 'listener-recovered', ...plan });
    });
    this.#later(listenerRetry, () => void this.#retryListeners());
  }

  /** Of each listening socket the main thread has one descriptor, and every worker a duplicate. */
  #noteListeners(): void {
    const sockets = this.#sockets.count * (1 + this.#options.workers);
    withholdDescriptors(this.#counters, descriptorsWithheld(sockets));
  }

  /** Gives the worker those listeners that it lacks. */
  async #distribute(thread: WorkerThread): Promise<void> {
    if (thread.isOver) return;
    const listeners = this.#sockets.distribute(thread.handed, this.#wanted, (plan, message) =>
      this.#options.onEvent({ type: 'listener-failed', worker: thread.worker, ...plan, message }),
    );
    if (listeners.length > 0) await thread.ask({ type: 'listen', listeners });
  }

  #reclaim(thread: WorkerThread, key: string): void {
    const descriptor = thread.handed.get(key);
    if (descriptor === undefined) return;
    thread.handed.delete(key);
    const others = new Set([...this.#threads.values()].flatMap(({ handed }) => [...handed.values()]));
    this.#sockets.reclaim(key, descriptor, others);
  }

  async #all(task: (thread: WorkerThread) => Promise<void>): Promise<void> {
    await Promise.all([...this.#threads.values()].map(task));
  }

  /** Changes of the listeners happen one after another. */
  #inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#running.then(() => (this.#isStopping ? undefined : task()));
    this.#running = done.catch(() => {});
    return done;
  }

  #later(delay: number, task: () => void): void {
    if (this.#isStopping) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, delay);
    this.#timers.add(timer);
  }
}

/** Starts the threads; they listen to nothing until the first `apply`. */
export function startWorkers(options: WorkersOptions): Workers {
  return new Workers(options);
}
