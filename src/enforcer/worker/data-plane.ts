import { listenersOf } from '../../policy/difference.ts';
import type { PolicySnapshot } from '../../policy/snapshot.ts';
import type { Gate } from '../../verdict/judge/gate.ts';
import type { FormerScope } from '../../verdict/table/key.ts';
import { type ConnectionListing, listConnections } from '../connection/listing.ts';
import type { Engine } from '../engine/engine.ts';
import { InstalledHooks } from '../hooks/installed-hooks.ts';
import { Pool } from '../pool/pool.ts';
import { type MemberRows, RowViews } from '../pool/rows.ts';
import { BlockSweep } from './block-sweep.ts';
import { WorkerConnections } from './connections.ts';
import type { WorkerCounters } from './counters.ts';
import { DrainingPolicies } from './draining-policies.ts';
import { Expiry } from './expiry.ts';
import { Listeners } from './listeners.ts';
import { LoopWatch } from './loop-watch.ts';
import type { FromWorker, OpenListener, ToWorker } from './messages.ts';
import { PolicyCounters } from './policy-counters.ts';
import { PolicyState } from './policy-state.ts';
import { Refusals } from './refusals.ts';
import { Reports } from './reports.ts';
import type { Timeouts } from './timeouts.ts';
import { WaitingBytes } from './waiting-bytes.ts';

/** Milliseconds between two signs of life. */
const beatInterval = 500;

/** Of the bytes that may wait in a worker, so much may be what the engine relays by itself. */
const relayPart = 8;

/** What a worker is to run. */
type Configuration = Omit<Extract<ToWorker, { type: 'snapshot' }>, 'type' | 'serial'>;

export type DataPlaneOptions = {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly counters: WorkerCounters;
  /** The number of this worker, from 1. */
  readonly worker: number;
  readonly timeouts: Timeouts;
  readonly post: (message: FromWorker) => void;
};

/** One worker: brings its policies, listeners and connections from one snapshot to the next. */
export class DataPlane {
  readonly hooks: InstalledHooks;
  readonly #engine: Engine;
  readonly #gate: Gate;
  readonly #worker: number;
  readonly #reports: Reports;
  readonly #refusals: Refusals;
  /** By row id. */
  readonly #policies = new Map<number, PolicyState>();
  readonly #draining = new DrainingPolicies();
  readonly #blocks: BlockSweep;
  readonly #expiry: Expiry;
  readonly #loops: LoopWatch;
  readonly #waitingBytes: WaitingBytes;
  readonly #listeners: Listeners;
  readonly #host: WorkerConnections;

  constructor({ engine, gate, counters, worker, timeouts, post }: DataPlaneOptions) {
    const reports = new Reports(engine, { worker, descriptorLimit: counters.descriptorLimit }, post);
    const refusals = new Refusals(engine, (sources) => post({ type: 'refused', sources }));
    const blocks = new BlockSweep(engine, gate, this.#policies);
    const expiry = new Expiry(engine, timeouts, this.#policies);
    const draining = this.#draining;
    this.#loops = new LoopWatch(engine);
    const loops = this.#loops;
    const waitingBytes = new WaitingBytes({
      each: (visit) => {
        for (const policy of this.#policies.values()) policy.each(visit);
      },
      networkOf: (ledgerEntry) => host.networkOf(ledgerEntry),
      gauge: (bytes) => counters.waiting(bytes),
      becameScarce: () => {
        for (const policy of this.#policies.values()) {
          policy.each((connection) => {
            if (connection.streams.isConnecting) connection.pause('client');
          });
        }
      },
      reset(connections) {
        counters.outOfMemory(connections);
        reports.outOfMemory(connections);
      },
    });
    const parts = {
      engine,
      gate,
      counters,
      reports,
      refusals,
      waitingBytes,
      blocks,
      expiry,
      draining,
      loops,
    };
    const host = new WorkerConnections(parts);
    this.#engine = engine;
    this.#host = host;
    this.#gate = gate;
    this.#worker = worker;
    this.#reports = reports;
    this.#refusals = refusals;
    this.#blocks = blocks;
    this.#expiry = expiry;
    this.#waitingBytes = waitingBytes;
    this.#listeners = new Listeners(engine, host, this.#policies, (key, message) =>
      post({ type: 'listener-failed', key, message }),
    );
    engine.every(beatInterval, () => counters.beat(engine.now()));
    this.hooks = new InstalledHooks({ engine, worker, report: (event) => reports.happened(event) });
  }

  /**
   * Runs this configuration from now on. Listeners that it adds come with `listen`. `done` is called once the last
   * connection of a policy that is gone has ended, and all reports of it are sent.
   */
  apply(configuration: Configuration, done: () => void): void {
    const { snapshot, rows: memberRows, memories, policyCounters, formerScopes, mostWaiting } = configuration;
    const rows = new RowViews(memberRows);
    this.#gate.fullPolicy = snapshot.tableFull;
    this.#refusals.change(snapshot.former);
    this.#expiry.change(snapshot);
    this.#waitingBytes.change(mostWaiting);
    this.#engine.changeRelayRoom(mostWaiting / relayPart);
    this.#loops.change(snapshot);
    this.#listeners.keep(listenersOf(snapshot));
    const wanted = new Set(snapshot.policies.map((policy) => policy.id));
    for (const policy of this.#policies.values()) if (!wanted.has(policy.id)) this.#end(policy);
    for (const policy of snapshot.policies) {
      const counters = policyCounters.get(policy.id);
      if (counters === undefined) throw new Error(`nothing counts what policy ${policy.id} does`);
      this.#change(policy, rows, counters, formerScopes.get(policy.id) ?? null);
    }
    for (const policy of this.#policies.values()) this.hooks.change(policy, memories.get(policy.id));
    this.#listeners.assign();
    this.#blocks.now();
    this.#whenDrained(done);
  }

  /** Names of members have other addresses from now on. */
  changeRows(memberRows: MemberRows): void {
    const rows = new RowViews(memberRows);
    for (const { pool, snapshot } of this.#policies.values()) {
      if (snapshot.members.some(({ domain }) => domain !== '')) pool.change(snapshot, rows);
    }
  }

  /** Accepts from these too. Throws Error for one that the snapshot does not ask for. */
  listen(listeners: readonly OpenListener[]): void {
    this.#host.isSucceeded = false;
    this.#listeners.open(listeners);
  }

  /** Who is refused is judged by the snapshot that runs alone. */
  endGuard(): void {
    this.#refusals.change(null);
  }

  /** At most `limit` of the connections of a policy, the newest first. */
  listConnections(id: number, limit: number): ConnectionListing {
    const policy = this.#policies.get(id);
    return policy === undefined
      ? { connections: [], total: 0 }
      : listConnections(policy, limit, this.#engine.now());
  }

  /**
   * Closes the listeners, with `accepts` once what waits is accepted; connections go on. Without, another process accepts
   * and judges from now on, unless `listen` follows.
   */
  stopListening(accepts: boolean, done: () => void): void {
    this.#host.isSucceeded = !accepts;
    if (accepts) {
      this.#listeners.finishAll(done);
    } else {
      this.#listeners.closeAll();
      // What was judged before is reported before.
      this.#reports.flush();
      done();
    }
  }

  /** Closes the listeners and resets every connection; `done` is called when no descriptor is left. */
  stop(done: () => void): void {
    this.#listeners.closeAll();
    for (const policy of this.#policies.values()) this.#end(policy);
    this.#whenDrained(done);
  }

  #change(
    policy: PolicySnapshot,
    rows: RowViews,
    counters: SharedArrayBuffer,
    formerScope: FormerScope | null,
  ): void {
    const known = this.#policies.get(policy.id);
    if (known === undefined) {
      const pool = new Pool(policy, rows, this.#worker, this.#engine);
      const own = new PolicyCounters(counters, this.#worker);
      this.#policies.set(policy.id, new PolicyState(policy, pool, own, formerScope));
      return;
    }
    known.change(policy, rows, formerScope);
    // A record of each connection is wanted from now on, and tells where it came from.
    if (policy.trafficLog) known.each(({ streams }) => streams.clientAddresses());
    if (!policy.enabled) known.each((connection) => connection.reset());
  }

  /** A policy is gone: its connections are reset, and it stays in the dark until the last of them has ended. */
  #end(policy: PolicyState): void {
    this.#policies.delete(policy.id);
    policy.each((connection) => connection.reset());
    this.hooks.retire(policy);
    this.#draining.add(policy);
  }

  /** Calls back once all draining policies are gone and reported: until then the main thread knows them. */
  #whenDrained(done: () => void): void {
    this.#draining.whenGone(() => {
      this.#reports.flush();
      done();
    });
  }
}
