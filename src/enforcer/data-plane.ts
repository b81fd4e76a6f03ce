import { type ListenerPlan, listenersOf } from '../policy/difference.ts';
import type { Snapshot } from '../policy/snapshot.ts';
import type { Gate } from '../verdict/gate.ts';
import { enforcesBlocks, type Limit } from '../verdict/limit.ts';
import type { ViolationRecord } from '../verdict/records.ts';
import { Connection, type ConnectionHost } from './connection.ts';
import type { WorkerCounters } from './counters.ts';
import type { Engine, Listener, Stream, StreamHandler } from './engine.ts';
import type { FromWorker, OpenListener } from './messages.ts';
import { type ListenerHost, PolicyListener } from './policy-listener.ts';
import { PolicyState } from './policy-state.ts';
import { Pool } from './pool/pool.ts';
import { PlacedRows, type Places } from './pool/rows.ts';
import { Throttle } from './throttle.ts';
import type { Timeouts } from './timeouts.ts';

/** At most one batch of violations, and one pass over the connections for blocks, in so many milliseconds. */
const BATCH_INTERVAL = 100;
const EXHAUSTED_INTERVAL = 10_000;
const LONGEST_TICK = 1000;

type Listening = { readonly handler: PolicyListener; readonly listener: Listener };

/** One worker: its listeners, policies and connections, and what it has to tell. */
export class DataPlane implements ConnectionHost, ListenerHost {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly counters: WorkerCounters;
  tickTime: number;
  /** The number of this worker, from 1. */
  private readonly owner: number;
  private readonly post: (message: FromWorker) => void;
  private readonly reporting: Throttle;
  private readonly complaining: Throttle;
  private readonly blocking: Throttle;
  private readonly source = new Uint32Array(4);
  private readonly policies = new Map<number, PolicyState>();
  private readonly listeners = new Map<string, Listening>();
  private plans: ReadonlyMap<string, ListenerPlan> = new Map();
  private violations: ViolationRecord[] = [];
  private outOfDescriptorsCount = 0;
  private blocksSeen: number;
  private alive = 0;
  private whenEmpty: (() => void) | null = null;

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
    this.owner = owner;
    this.post = post;
    this.tickTime = engine.now();
    this.blocksSeen = gate.blocksStarted();
    this.reporting = new Throttle(engine, BATCH_INTERVAL, () => this.report());
    this.complaining = new Throttle(engine, EXHAUSTED_INTERVAL, () => this.complain());
    this.blocking = new Throttle(engine, BATCH_INTERVAL, () => this.sweepBlocked());
    const tick = Math.min(LONGEST_TICK, timeouts.idle / 4, timeouts.connect / 4);
    engine.every(tick, () => this.expire(timeouts));
    engine.every(BATCH_INTERVAL, () => {
      // A block of another worker; main is not asked, since it may be busy.
      if (gate.blocksStarted() !== this.blocksSeen) this.blocking.ask();
    });
  }

  /** Runs this configuration from now on. Listeners that it adds come with `listen`. */
  apply(snapshot: Snapshot, places: Places): void {
    const rows = new PlacedRows(places);
    // While main still knows the policies that these are of.
    this.report();
    this.plans = listenersOf(snapshot);
    for (const [key, { listener }] of this.listeners)
      if (!this.plans.has(key)) this.closeListener(key, listener);

    const wanted = new Set(snapshot.policies.map((policy) => policy.id));
    for (const [id, policy] of this.policies) {
      if (wanted.has(id)) continue;
      this.policies.delete(id);
      policy.each((connection) => connection.cut());
    }
    for (const policy of snapshot.policies) {
      const known = this.policies.get(policy.id);
      if (known === undefined) {
        const pool = new Pool(policy, rows, this.owner, this.engine);
        this.policies.set(policy.id, new PolicyState(policy, pool));
        continue;
      }
      const before = known.limit;
      known.change(policy, rows);
      if (!policy.enabled) known.each((connection) => connection.cut());
      else if (hasOtherPrefixes(before, known.limit)) this.gate.rekey(known.limit, this.engine.now());
    }
    for (const { handler } of this.listeners.values()) {
      const owner = this.ownerOf(handler.key);
      if (owner !== undefined) handler.policy = owner;
    }
    this.sweepBlocked();
  }

  /** Names of members mean other addresses from now on. */
  move(places: Places): void {
    const rows = new PlacedRows(places);
    for (const policy of this.policies.values()) policy.pool.change(policy.snapshot, rows);
  }

  /** Accepts on these sockets too. The main thread sends none that the snapshot does not ask for. */
  listen(open: readonly OpenListener[]): void {
    for (const { key, descriptor } of open) {
      const policy = this.ownerOf(key);
      if (policy === undefined) throw new Error(`no policy listens on ${key}`);
      const handler = new PolicyListener(this, key, policy);
      this.listeners.set(key, { handler, listener: this.engine.listen(descriptor, handler) });
    }
  }

  /** Closes the listeners and resets every connection; `done` is called when no descriptor is left. */
  stop(done: () => void): void {
    for (const [key, { listener }] of this.listeners) this.closeListener(key, listener);
    for (const policy of this.policies.values()) policy.each((connection) => connection.cut());
    this.report();
    if (this.alive === 0) done();
    else this.whenEmpty = done;
  }

  admitted(policy: PolicyState, ledgerEntry: number, client: Stream): void {
    const connection = new Connection(this, policy, ledgerEntry, client);
    this.alive++;
    this.counters.clientOpened();
    policy.add(connection);
    connection.start();
  }

  connect(address: string, port: number, handler: StreamHandler): Stream {
    this.counters.memberOpened();
    return this.engine.connect(address, port, NO_OPTIONS, handler);
  }

  clientClosed(connection: Connection): void {
    this.gate.release(connection.ledgerEntry);
    this.counters.clientClosed();
  }

  sourceOf(connection: Connection): Uint32Array {
    this.gate.addressOf(connection.ledgerEntry, this.source);
    return this.source;
  }

  memberClosed(): void {
    this.counters.memberClosed();
  }

  finished(connection: Connection): void {
    connection.policy.remove(connection);
    this.alive--;
    if (this.alive === 0) this.whenEmpty?.();
  }

  violated(record: ViolationRecord): void {
    this.violations.push(record);
    this.reporting.ask();
  }

  blockStarted(): void {
    this.blocking.ask();
  }

  outOfDescriptors(connections: number): void {
    for (let count = 0; count < connections; count++) this.counters.outOfDescriptors();
    this.outOfDescriptorsCount += connections;
    this.complaining.ask();
  }

  listenerFailed(listener: PolicyListener, message: string): void {
    const { key } = listener;
    if (this.listeners.get(key)?.handler !== listener) return;
    this.listeners.delete(key);
    this.post({ type: 'listener-failed', key, message });
  }

  private report(): void {
    const records = this.violations;
    if (records.length === 0) return;
    this.violations = [];
    this.post({ type: 'violations', records });
  }

  private complain(): void {
    const refused = this.outOfDescriptorsCount;
    this.outOfDescriptorsCount = 0;
    this.post({ type: 'descriptors-exhausted', refused });
  }

  private ownerOf(key: string): PolicyState | undefined {
    const plan = this.plans.get(key);
    return plan === undefined ? undefined : this.policies.get(plan.policy);
  }

  private closeListener(key: string, listener: Listener): void {
    this.listeners.delete(key);
    listener.close();
  }

  private sweepBlocked(): void {
    this.blocksSeen = this.gate.blocksStarted();
    const now = this.engine.now();
    for (const policy of this.policies.values()) {
      const { limit } = policy;
      if (!enforcesBlocks(limit)) continue;
      policy.each((connection) => {
        if (connection.isCounted && this.gate.blocked(connection.ledgerEntry, limit, now)) connection.cut();
      });
    }
  }

  private expire({ idle, connect }: Timeouts): void {
    this.tickTime = this.engine.now();
    for (const policy of this.policies.values())
      policy.each((connection) => connection.expire(idle, connect));
  }
}

const NO_OPTIONS = [] as const;

const hasOtherPrefixes = (before: Limit, after: Limit): boolean =>
  before.prefixV4 !== after.prefixV4 || before.prefixV6 !== after.prefixV6;
