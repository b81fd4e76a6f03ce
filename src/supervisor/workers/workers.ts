import { setTimeout as pause } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { type ConnectionListing, mergeListings } from '../../enforcer/connection/listing.ts';
import { descriptorBudget } from '../../enforcer/sockets/descriptors.ts';
import { GivenSockets } from '../../enforcer/sockets/given-sockets.ts';
import { PolicyCounters, readPolicyCounts } from '../../enforcer/worker/policy-counters.ts';
import { defaultTimeouts } from '../../enforcer/worker/timeouts.ts';
import type { RaisedEvent } from '../../events/events.ts';
import { listenerRecovered } from '../../events/listeners.ts';
import { workerEnded } from '../../events/workers.ts';
import { endpointText } from '../../net/endpoint.ts';
import { listenersOf } from '../../policy/difference.ts';
import type { EngineName } from '../../policy/enforcer-settings.ts';
import type { Snapshot } from '../../policy/snapshot.ts';
import { settledWithin } from '../../time/patience.ts';
import { limitOf } from '../../verdict/judge/limit.ts';
import type { EntryWatch } from '../../verdict/upkeep/entry-changes.ts';
import { EpisodeSweep } from '../keepers/episodes.ts';
import { MemberMonitor } from '../members/member-monitor.ts';
import type { MemberState } from '../members/member-state.ts';
import { Delays } from '../tasks/delays.ts';
import { Turns } from '../tasks/turns.ts';
import { chooseEngine, engineNamed } from './engines.ts';
import { FormerConnections } from './former-connections.ts';
import type { GivenListener } from './listening-sockets.ts';
import { memoryShare } from './memory-share.ts';
import type { WorkersOptions, WorkersStatus, WorkersTallies } from './options.ts';
import { PolicyCountMemories } from './policy-count-memories.ts';
import { ScopeChanges } from './scope-changes.ts';
import { ScriptMemories } from './script-memories.ts';
import { SharedListeners } from './shared-listeners.ts';
import { spawnWorker } from './spawn-worker.ts';
import { newlyUnplaced, unplacedListeners } from './unplaced.ts';
import { WorkerMemory } from './worker-memory.ts';
import type { Command, Unasked, WorkerThread } from './worker-thread.ts';
import { WorkerThreads } from './worker-threads.ts';

const listenerRetry = 3000;
const stopPatience = 2000;
/** The same where somebody does not want to wait. */
const hurriedPatience = 200;
/** Milliseconds until a shard that was busy is tried again. */
const recoveryRetry = 10;
const defaultReportInterval = 3_600_000;

/** The data plane as the main thread sees it: brings the workers, and what they share, from one snapshot to the next. */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #engine: EngineName;
  readonly #descriptors: number;
  readonly #memory: WorkerMemory;
  readonly #threads: WorkerThreads;
  readonly #listeners: SharedListeners;
  readonly #members: MemberMonitor;
  readonly #scripts = new ScriptMemories();
  readonly #policyCounts: PolicyCountMemories;
  readonly #scopes: ScopeChanges;
  readonly #episodes: EpisodeSweep;
  readonly #changes = new Turns();
  readonly #retries = new Delays();
  #snapshot: Snapshot | null = null;
  /** No listener is opened any more. */
  #isEnding = false;
  /** No worker accepts, and no listener is opened. */
  #isPaused: boolean;

  /** Starts the threads; they listen to nothing until the first `apply`. */
  constructor(options: WorkersOptions) {
    const { workers, sources, onEvent, onEpisodeLine, lookup, addresses } = options;
    const { descriptors = descriptorBudget(workers), reportInterval = defaultReportInterval } = options;
    const { engine = chooseEngine('auto').name, given = new GivenSockets() } = options;
    this.#options = options;
    this.#isPaused = options.isPaused ?? false;
    this.#engine = engine;
    this.#descriptors = descriptors;
    this.#memory = new WorkerMemory(workers, sources, descriptors);
    this.#policyCounts = new PolicyCountMemories(workers);
    this.#scopes = new ScopeChanges(this.#memory);
    this.#listeners = new SharedListeners(engineNamed(this.#engine), given, descriptors, onEvent);
    this.#members = new MemberMonitor({
      workers,
      onEvent,
      onMoved: () => void this.#changes.run(() => this.#sendRows()),
      ...(lookup === undefined ? {} : { lookup }),
      ...(addresses === undefined ? {} : { addresses }),
    });
    this.#episodes = new EpisodeSweep(this.table, reportInterval, onEpisodeLine);
    this.#threads = new WorkerThreads(this.#memory, {
      spawn: (worker, loading) => this.#spawn(worker, loading),
      started: (thread) => this.#started(thread),
      received: (thread, report) => this.#received(thread, report),
      gone: (worker) => engineNamed(engine).closeLeft(this.#memory.ownDescriptors(worker)),
      ended: (thread) => this.#ended(thread),
      died: (worker, cause, connections) => onEvent(workerEnded({ worker, cause, connections })),
    });
    for (let worker = 1; worker <= workers; worker++) this.#threads.start(worker);
    this.#retries.after(listenerRetry, () => void this.#retryListeners());
  }

  /**
   * Resolves when every worker runs it, and every listener of it stands or is reported as failed.
   *
   * @param first what is to be done when it is its turn, before any worker hears of it
   */
  apply(snapshot: Snapshot, first: () => Promise<void> = async () => undefined): Promise<void> {
    return this.#changes.run(async () => {
      await first();
      const before = this.#snapshot;
      this.#snapshot = snapshot;
      this.#listeners.want(this.#isEnding ? new Map() : listenersOf(snapshot));
      this.#members.prepare(snapshot);
      this.#scripts.prepare(snapshot);
      this.#policyCounts.prepare(snapshot);
      this.#scopes.prepare(before, snapshot);
      const command = this.#commandOf(snapshot);
      await this.#threads.all(async (thread) => {
        await thread.send(command);
        this.#listeners.closedUnwanted(thread);
      });
      await this.#scopes.carryOut();
      if (!this.#isPaused) {
        this.#listeners.open();
        for (const event of newlyUnplaced(before, snapshot)) this.#options.onEvent(event);
        await this.#distributeListeners();
      }
      const kept = new Set(snapshot.policies.map((policy) => policy.id));
      const ids = before?.policies.map((policy) => policy.id) ?? [];
      await this.#episodes.end(ids.filter((id) => !kept.has(id)));
    });
  }

  /** What the workers run is guarded by no former snapshot any more. */
  endGuard(): Promise<void> {
    return this.#changes.run(async () => {
      if (this.#snapshot === null) return;
      this.#snapshot = { ...this.#snapshot, former: null };
      await this.#threads.all((thread) => thread.send({ type: 'end-guard' }));
    });
  }

  /** Milliseconds between two lines of an episode that goes on, and without a violation before it ends. */
  set reportInterval(interval: number) {
    this.#episodes.reportInterval = interval;
  }

  /** The sources table, for listing and lifting. Its clock is `monotonicNow`. */
  get table(): SharedArrayBuffer {
    return this.#memory.table;
  }

  status(): WorkersStatus {
    return {
      engine: this.#engine,
      revision: this.#snapshot?.revision ?? null,
      listeners: this.#listeners.status(),
      counts: this.#memory.counts(),
      descriptorLimit: this.#descriptors,
      mostWaiting: mostWaitingOf(this.#snapshot),
    };
  }

  /** What has been counted since the start, or since each policy was made. */
  tallies(): WorkersTallies {
    return {
      policies: new Map([...this.#policyCounts.all].map(([id, memory]) => [id, readPolicyCounts(memory)])),
      verdicts: this.#memory.verdictTimes(),
      restarts: this.#threads.restarts,
    };
  }

  /** Milliseconds since each worker was at work last; null: its thread has ended, and is about to be replaced. */
  beats(): readonly (number | null)[] {
    const living = new Set(this.#threads.living());
    return Array.from({ length: this.#options.workers }, (_, index) =>
      living.has(index + 1) ? this.#memory.sinceBeat(index + 1) : null,
    );
  }

  /** Somebody on the main thread has begun a block of this policy. */
  countBlock(policy: number): void {
    const memory = this.#policyCounts.all.get(policy);
    if (memory !== undefined) new PolicyCounters(memory, null).blockStarted();
  }

  /** An event for each listener of the snapshot that does not stand. */
  listenerFailures(): readonly RaisedEvent[] {
    const unplaced = this.#snapshot === null ? [] : unplacedListeners(this.#snapshot);
    return [...this.#listeners.failures(), ...unplaced];
  }

  /** Likewise, for a snapshot that does not run. */
  tryOut(snapshot: Snapshot): readonly RaisedEvent[] {
    return [...this.#listeners.tryOut(listenersOf(snapshot)), ...unplacedListeners(snapshot)];
  }

  /** The most connections that there were since this was last asked. */
  takeMostConnections(): number {
    return this.#memory.takeMostConnections();
  }

  /** Connections by the row id of their policy. */
  connections(): ReadonlyMap<number, number> {
    return this.#memory.connections();
  }

  /** At most `limit` of the connections of a policy as they are now, the newest first, and how many there are. */
  async listConnections(policy: number, limit: number): Promise<ConnectionListing> {
    const listings = await this.#threads.all((thread) => thread.listConnections(policy, limit));
    return mergeListings(listings, limit);
  }

  /** Resolves when every worker has freed what its former connections have left: some milliseconds of each. */
  async collectGarbage(): Promise<void> {
    await this.#threads.all((thread) => thread.send({ type: 'collect-garbage' }));
  }

  /** Every member of the pools that policies have, as it is now. */
  members(): readonly MemberState[] {
    return this.#members.states();
  }

  /** Clients of a policy that were reset because no member took them, modulo 2^32. */
  lost(policy: number): number {
    return this.#members.lost(policy);
  }

  /** Accepts what waits, and closes the listeners for good. */
  stopListening(): Promise<void> {
    return this.#changes.run(async () => {
      this.#isEnding = true;
      this.#listeners.want(new Map());
      await this.#threads.all((thread) => thread.send({ type: 'stop-listening', accepts: true }));
      this.#listeners.leaveAll();
    });
  }

  /** Nobody accepts from now on, although the sockets stand: what comes waits. A worker that hangs is not waited for. */
  async pauseListening(): Promise<void> {
    await this.#changes.run(async () => {
      this.#isPaused = true;
      await this.#threads.all((thread) => thread.send({ type: 'stop-listening', accepts: false }));
      this.#listeners.withdrawn();
    });
  }

  resumeListening(): Promise<void> {
    return this.#changes.run(async () => {
      this.#isPaused = false;
      await this.#distributeListeners();
    });
  }

  /** The sockets that stand, for another process. */
  listenersToGive(): readonly GivenListener[] {
    return this.#listeners.toGive();
  }

  /** Of members that are known by names. */
  get memberAddresses(): ReadonlyMap<string, string> {
    return this.#members.addresses;
  }

  /** Every episode is over, and reported. */
  endEpisodes(): Promise<void> {
    return this.#episodes.end(this.#snapshot?.policies.map((policy) => policy.id) ?? []);
  }

  /** Another process has the sockets, and accepts: this one has no listener any more. */
  leaveListening(): void {
    this.#isEnding = true;
    this.#listeners.leaveAll();
  }

  /** What becomes of all connections that count here. */
  watchEntries(): EntryWatch {
    return this.#memory.watchEntries();
  }

  /** Connections of the process before this one count here from now on. To be called once, before the first `apply`. */
  countFormer(snapshot: Snapshot): FormerConnections {
    const limits = new Map(snapshot.policies.map((policy) => [policy.id, limitOf(policy)]));
    return new FormerConnections(this.#memory.formerGate(), (policy) => limits.get(policy));
  }

  /** They do not any more. Resolves once no worker was in the way. */
  async forgetFormer(): Promise<void> {
    while (!this.#memory.recoverFormer()) await pause(recoveryRetry);
  }

  /** Clients whose connection is open. */
  connectionCount(): number {
    return this.#memory.counts().reduce((sum, { connections }) => sum + connections, 0);
  }

  /** Closes the listeners, resets the connections, ends the threads, and then every episode: its counts are reported. */
  async stop(hurry?: AbortSignal): Promise<void> {
    this.#threads.stopReplacing();
    this.#retries.stop();
    this.#episodes.stop();
    const isHurried = hurry?.aborted === true;
    const patience = isHurried ? hurriedPatience : stopPatience;
    await settledWithin(patience, this.#stopThreads(), isHurried ? undefined : hurry);
    this.#listeners.leaveAll();
    await this.#threads.all((thread) => thread.terminate());
    await this.#members.stop();
    // One that had to be terminated may have died with a lock, under which episodes would stay.
    this.#memory.recoverAll();
    await this.endEpisodes();
  }

  #spawn(worker: number, loading: SharedArrayBuffer): Worker {
    const { spawn = spawnWorker, timeouts = defaultTimeouts, processors = null } = this.#options;
    const descriptorLimit = this.#descriptors;
    const engine = this.#engine;
    return spawn({ ...this.#memory.of(worker), engine, loading, descriptorLimit, timeouts, processors });
  }

  #started(thread: WorkerThread): void {
    if (this.#snapshot === null) return;
    void thread.send(this.#commandOf(this.#snapshot));
    if (!this.#isPaused) void this.#listeners.distribute(thread);
  }

  #received(thread: WorkerThread, report: Unasked): void {
    const { onViolations, onTraffic, onEvent, onRefused } = this.#options;
    switch (report.type) {
      case 'violations':
        onViolations(report.records);
        break;
      case 'traffic':
        onTraffic?.(report.records);
        break;
      case 'events':
        for (const event of report.events) onEvent(event);
        break;
      case 'refused':
        onRefused?.(report.sources);
        break;
      case 'listener-failed':
        this.#listeners.failed(thread, report.key, report.message);
        break;
    }
  }

  #ended(thread: WorkerThread): void {
    this.#listeners.ended(thread);
    this.#members.workerEnded(thread.worker);
    this.#scripts.workerEnded(thread.worker);
  }

  #commandOf(snapshot: Snapshot): Command {
    const { rows } = this.#members;
    return {
      type: 'snapshot',
      snapshot,
      rows,
      memories: this.#scripts.all,
      policyCounters: this.#policyCounts.all,
      formerScopes: this.#scopes.former,
      mostWaiting: mostWaitingOf(snapshot) / this.#options.workers,
    };
  }

  async #sendRows(): Promise<void> {
    const { rows } = this.#members;
    await this.#threads.all((thread) => thread.send({ type: 'member-rows', rows }));
  }

  async #retryListeners(): Promise<void> {
    await this.#changes.run(async () => {
      if (this.#isPaused) return;
      const opened = this.#listeners.retry();
      await this.#distributeListeners();
      for (const { policy, ...endpoint } of opened) {
        this.#options.onEvent(listenerRecovered({ policy, endpoint: endpointText(endpoint) }));
      }
    });
    this.#retries.after(listenerRetry, () => void this.#retryListeners());
  }

  async #distributeListeners(): Promise<void> {
    this.#memory.withholdFor((workers) => this.#listeners.descriptorsFor(workers));
    await this.#threads.all((thread) => this.#listeners.distribute(thread));
  }

  async #stopThreads(): Promise<void> {
    await this.#changes.stop();
    await this.#threads.all((thread) => thread.send({ type: 'stop' }));
  }
}

function mostWaitingOf(snapshot: Snapshot | null): number {
  return snapshot?.mostWaiting ?? memoryShare();
}
