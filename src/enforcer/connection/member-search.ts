import type { TrafficCause } from '../../verdict/judge/records.ts';
import type { CloseCause, StreamHandler } from '../engine/stream.ts';
import type { HookedConnection, HookedRelay } from '../hooks/hooked-connection.ts';
import { failureOf } from '../pool/causes.ts';
import type { ConnectionHost } from './host.ts';

/** A connection that is to have a member. */
export interface SearchingConnection extends HookedRelay, StreamHandler {
  /** Null without hooks, and until it is admitted. */
  readonly hooked: HookedConnection | null;
  /** Resets both sides. */
  reset(cause: TrafficCause): void;
}

/** Connects to a member: every one that takes connections is tried once, then the client is refused. */
export class MemberSearch {
  readonly #connection: SearchingConnection;
  readonly #host: ConnectionHost;
  /** Row ids of members that were tried in vain, with how that went: a bit of causes.ts. */
  #tried: Map<number, number> | null = null;
  /** There is a descriptor for a member, or the right to open one. */
  #hasPlace = true;

  constructor(connection: SearchingConnection, host: ConnectionHost) {
    this.#connection = connection;
    this.#host = host;
  }

  /** The one that hooks have chosen, or whom the pool has. */
  connect(): void {
    const connection = this.#connection;
    const host = this.#host;
    const { facts, policy, hooked } = connection;
    const member =
      hooked?.takeReserved() ?? policy.pool.choose(host.sourceOf(facts.ledgerEntry), this.#tried);
    if (member === null) {
      connection.reset('no-member');
      return;
    }
    facts.member = member;
    connection.activeAt = host.tickTime;
    const { address, port } = member.snapshot;
    const stream =
      hooked === null
        ? host.engine.connect(address, port, host.labelOf(policy.id, port), connection)
        : hooked.connect(member.snapshot, connection);
    connection.streams.member = stream;
    if (stream === null) member.release();
    else if (host.waitingBytes.isScarce) connection.pause('client');
  }

  /** The one that was connected to has not taken the connection: another is tried. */
  failed(cause: CloseCause): void {
    const { facts, streams } = this.#connection;
    if (cause === 'exhausted') {
      this.#host.outOfDescriptors(1);
      this.#connection.reset('no-member');
      return;
    }
    if (streams.isOver || streams.client === null) return;
    if (facts.member !== null) {
      facts.member.failed();
      this.#tried ??= new Map();
      this.#tried.set(facts.member.id, failureOf(cause));
    }
    this.connect();
  }

  /** The descriptor for a member is closed, or not needed. */
  leavePlace(): void {
    if (!this.#hasPlace) return;
    this.#hasPlace = false;
    this.#host.memberClosed();
  }
}
