import { type ListenerPlan, listenersOf } from '../../policy/difference.ts';
import type { Snapshot } from '../../policy/snapshot.ts';
import type { Gate } from '../../verdict/judge/gate.ts';
import { enforcesBlocks, type Limit } from '../../verdict/judge/limit.ts';
import { isAdmitted } from '../../verdict/judge/verdict.ts';
import { Connection } from '../connection/connection.ts';
import type { ConnectionHost } from '../connection/host.ts';
import { type ConnectionListing, listConnections } from '../connection/listing.ts';
import type { Introduction } from '../connection/proxy-protocol/introduction.ts';
import { judgedOf, trafficRecordOf } from '../connection/report.ts';
import type { Engine, Timer } from '../engine/engine.ts';
import type { Listener } from '../engine/listener.ts';
import type { Stream } from '../engine/stream.ts';
import { HookedListener } from '../hooks/hooked-listener.ts';
import { HookedPolicies } from '../hooks/hooked-policies.ts';
import { Pool } from '../pool/pool.ts';
import { type MemberRows, RowViews } from '../pool/rows.ts';
import { applyVerdict } from './apply-verdict.ts';
import type { WorkerCounters } from './counters.ts';
import { DrainingPolicies } from './draining-policies.ts';
import type { FromWorker, OpenListener } from './messages.ts';
import { type ListenerHost, PolicyListener } from './policy-listener.ts';
import { type PolicyConnection, PolicyState } from './policy-state.ts';
import { Reports } from './reports.ts';
import { Throttle } from './throttle.ts';
import { defaultSilentAfter, type Timeouts, tickFor } from './timeouts.ts';

/** At most one pass over the connections for blocks in so many milliseconds. */
const blocksInterval = 100;

type Memories = ReadonlyMap<number, SharedArrayBuffer>;
type Listening = {
  readonly handler: PolicyListener;
  readonly listener: Listener;
  readonly hooked: HookedListener;
};

/** One worker: its listeners, policies and connections, and what it has to tell. */
export class DataPlane implements ConnectionHost, ListenerHost {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly counters: WorkerCounters;
  readonly reports: Reports;
  readonly hooks: HookedPolicies;
  tickTime: number;
  /** The number of this worker, from 1. */
  readonly #worker: number;
  readonly #post: (message: FromWorker) => void;
  readonly #timeouts: Timeouts;
  readonly #blocking: Throttle;
  readonly #source = new Uint32Array(4);
  readonly #policies = new Map<number, PolicyState>();
  readonly #listeners = new Map<string, Listening>();
  #plans: ReadonlyMap<string, ListenerPlan> = new Map();
  #idleTimeout = 0;
  #tick = 0;
  #ticking: Timer | null = null;
  #blocksSeen: number;
  readonly #draining = new DrainingPolicies();

  constructor(
    engine: Engine,
    gate: Gate,
    counters: WorkerCounters,
    owner: number,
    timeouts: Timeouts,
    post: (message: FromWorker) => void,
  ) {
    this.engine = engine;
    this.gate = gate;
    this.counters = counters;
    this.#worker = owner;
    this.#post = post;
    this.tickTime = engine.now();
    this.#blocksSeen = gate.blocksStarted();
    this.#timeouts = timeouts;
    this.reports = new Reports(engine, { worker: owner, descriptorLimit: counters.descriptorLimit }, post);
    const report = this.reports.happened.bind(this.reports);
    this.hooks = new HookedPolicies({ engine, worker: owner, report });
    this.#blocking = new Throttle(engine, blocksInterval, () => this.#sweepBlocked());
    engine.every(blocksInterval, () => {
      // A block of another worker; main is not asked, since it may be busy.
      if (gate.blocksStarted() !== this.#blocksSeen) this.#blocking.ask();
    });
  }

  /**
   * Runs this configuration from now on. Listeners that it adds come with `listen`. `done` is called when nothing of
   * a policy that it lacks is left, nor left to be told.
   */
  apply(snapshot: Snapshot, memberRows: MemberRows, memories: Memories, done: () => void): void {
    const rows = new RowViews(memberRows);
    this.gate.fullPolicy = snapshot.tableFull;
    this.#idleTimeout = snapshot.idleTimeout;
    this.#tickEvery(tickFor(snapshot, this.#timeouts));
    this.#plans = listenersOf(snapshot);
    for (const [key, { listener }] of this.#listeners)
      if (!this.#plans.has(key)) this.#closeListener(key, listener);

    const wanted = new Set(snapshot.policies.map((policy) => policy.id));
    for (const [id, policy] of this.#policies) {
      if (wanted.has(id)) continue;
      this.#policies.delete(id);
      this.#end(policy);
    }
    for (const policy of snapshot.policies) {
      const known = this.#policies.get(policy.id);
      if (known === undefined) {
        const pool = new Pool(policy, rows, this.#worker, this.engine);
        this.#policies.set(policy.id, new PolicyState(policy, pool));
        continue;
      }
      const before = known.limit;
      known.change(policy, rows);
      if (policy.trafficLog) known.each(({ streams }) => streams.clientAddresses());
      if (!policy.enabled) known.each((connection) => connection.reset());
      else if (hasOtherPrefixes(before, known.limit)) this.gate.rekey(known.limit, this.engine.now());
    }
    for (const policy of this.#policies.values()) this.hooks.change(policy, memories.get(policy.id));
    for (const { handler, hooked } of this.#listeners.values()) {
      const owner = this.#policyOf(handler.key);
      if (owner === undefined) continue;
      handler.policy = owner;
      hooked.use(owner.hooks);
    }
    this.#sweepBlocked();
    this.#whenGone(done);
  }

  /** Names of members mean other addresses from now on. */
  changeRows(memberRows: MemberRows): void {
    const rows = new RowViews(memberRows);
    for (const { pool, snapshot } of this.#policies.values()) {
      if (snapshot.members.some(({ domain }) => domain !== '')) pool.change(snapshot, rows);
    }
  }

  /** Accepts on these sockets too. The main thread sends none that the snapshot does not ask for. */
  listen(open: readonly OpenListener[]): void {
    for (const { key, share } of open) {
      const policy = this.#policyOf(key);
      if (policy === undefined) throw new Error(`no policy listens on ${key}`);
      const handler = new PolicyListener(this, key, policy);
      const listener = this.engine.listen(share, handler);
      const hooked = new HookedListener(listener);
      hooked.use(policy.hooks);
      this.#listeners.set(key, { handler, hooked, listener });
    }
  }

  /** At most `limit` of the connections of a policy, the newest first. */
  listConnections(id: number, limit: number): ConnectionListing {
    const policy = this.#policies.get(id);
    return policy === undefined
      ? { connections: [], total: 0 }
      : listConnections(policy, limit, this.engine.now());
  }

  /** Closes the listeners and resets every connection; `done` is called when no descriptor is left. */
  stop(done: () => void): void {
    for (const [key, { listener }] of this.#listeners) this.#closeListener(key, listener);
    for (const policy of this.#policies.values()) this.#end(policy);
    this.#whenGone(done);
  }

  accepted(policy: PolicyState, ledgerEntry: number, client: Stream, introduction: Introduction): void {
    const connection = new Connection(this, policy, ledgerEntry, client, introduction);
    this.counters.clientOpened();
    policy.add(connection);
    connection.start();
  }

  sourceOf(ledgerEntry: number): Uint32Array {
    this.gate.addressOf(ledgerEntry, this.#source);
    return this.#source;
  }

  identified(policy: PolicyState, connection: PolicyConnection): boolean {
    const { facts } = connection;
    if (facts.introduction !== 'source') return true;
    if (facts.announced === null) {
      // Nobody is named: the peer goes on counting. A proxy that checks whether we live is not limited.
      this.counters.admitted();
      return true;
    }
    const { source } = facts.announced;
    const verdict = this.gate.identify(facts.ledgerEntry, policy.limit, source, this.engine.now());
    // The gate has forgotten a refused one, and the sweep after a block asks it about every entry that is kept here.
    if (!isAdmitted(verdict)) facts.ledgerEntry = -1;
    return applyVerdict(this, verdict, policy, judgedOf(connection));
  }

  headerFailed(policy: PolicyState, { streams }: PolicyConnection, reason: string): void {
    this.counters.headerFailed();
    this.reports.headerFailed(policy.id, streams.clientAddresses()?.remoteAddress ?? '', reason);
  }

  clientClosed(ledgerEntry: number): void {
    if (ledgerEntry >= 0) this.gate.release(ledgerEntry);
    this.counters.clientClosed();
  }

  memberOpened(): void {
    this.counters.memberOpened();
  }

  memberClosed(): void {
    this.counters.memberClosed();
  }

  finished(policy: PolicyState, connection: PolicyConnection): void {
    policy.remove(connection);
    const ends = connection.streams.clientAddresses();
    if (policy.snapshot.trafficLog && ends !== null && connection.state !== 'header') {
      const { engine } = this;
      this.reports.ended(trafficRecordOf(connection, ends, policy.id, engine.now(), engine.wallClock()));
    }
    this.#draining.ended(policy);
  }

  blockStarted(): void {
    this.#blocking.ask();
  }

  outOfDescriptors(connections: number): void {
    for (let count = 0; count < connections; count++) this.counters.outOfDescriptors();
    this.reports.outOfDescriptors(connections);
  }

  listenerFailed(listener: PolicyListener, message: string): void {
    const { key } = listener;
    if (this.#listeners.get(key)?.handler !== listener) return;
    this.#listeners.delete(key);
    this.#post({ type: 'listener-failed', key, message });
  }

  /** Resets the connections of a policy that is no more. */
  #end(policy: PolicyState): void {
    policy.each((connection) => connection.reset());
    this.hooks.retire(policy);
    this.#draining.add(policy);
  }

  /** Calls back when the connections of every such policy have ended, while the main thread still knows of it. */
  #whenGone(done: () => void): void {
    this.#draining.whenGone(() => {
      this.reports.flush();
      done();
    });
  }

  #policyOf(key: string): PolicyState | undefined {
    const plan = this.#plans.get(key);
    return plan === undefined ? undefined : this.#policies.get(plan.policy);
  }

  #closeListener(key: string, listener: Listener): void {
    this.#listeners.delete(key);
    listener.close();
  }

  #tickEvery(milliseconds: number): void {
    if (milliseconds === this.#tick) return;
    this.#tick = milliseconds;
    this.#ticking?.stop();
    this.#ticking = this.engine.every(milliseconds, () => this.#expire());
  }

  #sweepBlocked(): void {
    this.#blocksSeen = this.gate.blocksStarted();
    const now = this.engine.now();
    for (const policy of this.#policies.values()) {
      const { limit } = policy;
      if (!enforcesBlocks(limit)) continue;
      policy.each((connection) => {
        const { facts, streams } = connection;
        const isCounted = streams.client !== null && facts.ledgerEntry >= 0;
        if (isCounted && this.gate.blocked(facts.ledgerEntry, limit, now)) connection.reset();
      });
    }
  }

  #expire(): void {
    const now = this.engine.now();
    const { header } = this.#timeouts;
    this.tickTime = now;
    for (const policy of this.#policies.values()) {
      const silentAfter = (policy.snapshot.rule?.silentAfter ?? defaultSilentAfter) * 1000;
      policy.each((connection) => connection.expire(now, this.#idleTimeout, header, silentAfter));
    }
  }
}

function hasOtherPrefixes(before: Limit, after: Limit): boolean {
  return before.prefixV4 !== after.prefixV4 || before.prefixV6 !== after.prefixV6;
}
