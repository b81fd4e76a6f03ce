import { lookUp } from '../../net/address-map.ts';
import type { PolicySnapshot } from '../../policy/snapshot.ts';
import { type Limit, limitOf } from '../../verdict/judge/limit.ts';
import type { TrafficCause } from '../../verdict/judge/records.ts';
import type { FormerScope } from '../../verdict/table/key.ts';
import type { Introduction } from '../connection/proxy-protocol/introduction.ts';
import type { ReportedConnection } from '../connection/report.ts';
import type { Side } from '../hooks/connection-port.ts';
import type { PolicyHooks } from '../hooks/hooks.ts';
import type { Pool } from '../pool/pool.ts';
import type { RowViews } from '../pool/rows.ts';
import type { PolicyCounters } from './policy-counters.ts';

/** What a worker asks of the connections of its policies. */
export interface PolicyConnection extends ReportedConnection {
  /** Neighbours in the policy's list, kept by the policy. */
  previous: PolicyConnection | null;
  next: PolicyConnection | null;
  /** Bytes that wait in it, as `WaitingBytes` was told last. */
  waiting: number;
  /** Resets both sides. */
  reset(cause?: TrafficCause): void;
  /** Reads nothing more from a side until the other takes it. */
  pause(side: Side): void;
  /** Called once per tick; all in milliseconds, `now` on the engine's clock. */
  expire(now: number, idleTimeout: number, headerTimeout: number, silentAfter: number): void;
}

/** A policy as one worker runs it: what was compiled, and the connections that live under it. */
export class PolicyState {
  readonly id: number;
  snapshot: PolicySnapshot;
  limit: Limit;
  readonly pool: Pool;
  readonly counters: PolicyCounters;
  /** What takes part in its new connections; null: nothing. */
  hooks: PolicyHooks | null = null;
  /** The words of an address map: the peers that send a PROXY header. Null: none do. */
  #headerPeers: Int32Array | null;
  #first: PolicyConnection | null = null;

  /** `formerScope`: while its prefixes change. */
  constructor(
    snapshot: PolicySnapshot,
    pool: Pool,
    counters: PolicyCounters,
    formerScope: FormerScope | null,
  ) {
    this.counters = counters;
    this.id = snapshot.id;
    this.snapshot = snapshot;
    this.limit = limitOf(snapshot, formerScope);
    this.#headerPeers = headerPeersOf(snapshot);
    this.pool = pool;
  }

  /** Takes over a new version. Its connections stay, but for those of a member that is now disabled. */
  change(snapshot: PolicySnapshot, rows: RowViews, formerScope: FormerScope | null): void {
    this.snapshot = snapshot;
    this.limit = limitOf(snapshot, formerScope);
    this.#headerPeers = headerPeersOf(snapshot);
    this.pool.change(snapshot, rows);
    const disabled = new Set<number>();
    for (const member of snapshot.members) if (member.status === 'disable') disabled.add(member.id);
    if (disabled.size === 0) return;
    this.each((connection) => {
      const { member } = connection.facts;
      if (member !== null && disabled.has(member.id)) connection.reset();
    });
  }

  /** What a peer has to send before anything else. */
  introductionOf(peer: Uint32Array): Introduction {
    if (this.#headerPeers === null || lookUp(this.#headerPeers, peer) === 0) return 'none';
    return this.snapshot.proxyProtocol?.isSource === true ? 'source' : 'header';
  }

  add(connection: PolicyConnection): void {
    connection.next = this.#first;
    if (this.#first !== null) this.#first.previous = connection;
    this.#first = connection;
  }

  remove(connection: PolicyConnection): void {
    if (connection.previous !== null) connection.previous.next = connection.next;
    else if (this.#first === connection) this.#first = connection.next;
    if (connection.next !== null) connection.next.previous = connection.previous;
    connection.previous = null;
    connection.next = null;
  }

  get isEmpty(): boolean {
    return this.#first === null;
  }

  /** `visit` may reset the connection: it leaves the list later, when its descriptors are closed. */
  each(visit: (connection: PolicyConnection) => void): void {
    for (let connection = this.#first; connection !== null; connection = connection.next) visit(connection);
  }
}

function headerPeersOf({ proxyProtocol }: PolicySnapshot): Int32Array | null {
  return proxyProtocol && new Int32Array(proxyProtocol.from);
}
