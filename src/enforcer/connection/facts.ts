import type { TrafficCause } from '../../verdict/judge/records.ts';
import type { SocketAddresses } from '../engine/engine.ts';
import type { PoolMember } from '../pool/pool-member.ts';
import type { Introduction, PolicyState } from '../worker/policy-state.ts';
import type { Connection } from './connection.ts';
import type { Announced } from './proxy-protocol/header.ts';

/** Where a connection is in its life. `half-closed`: one side has ended its direction. */
export type ConnectionState = 'header' | 'connecting' | 'established' | 'half-closed';

/** What is known of a connection, while it lives and to tell of it afterwards. */
export class ConnectionFacts {
  /** Neighbours in the policy's list, kept by the policy. */
  previous: Connection | null = null;
  next: Connection | null = null;
  /** The entry in the worker's ledger; -1 when it has none any more. */
  ledgerEntry: number;
  readonly policy: PolicyState;
  readonly introduction: Introduction;
  /** The member that it was given last, also after the member has closed; null before the first. */
  place: PoolMember | null = null;
  /** What the PROXY header said; null without one, or where it names nobody. */
  announced: Announced | null = null;
  /** Since it was accepted, or admitted after its header: milliseconds on the engine's clock. */
  openedAt: number;
  /** Bytes from the client, its PROXY header apart, and to the client. */
  received = 0;
  sent = 0;
  /** The member has taken the connection. */
  established = false;
  /** How it came to its end; null before. */
  cause: TrafficCause | null = null;
  /** Of the client, kept where they are needed after its end. */
  ends: SocketAddresses | null = null;

  constructor(policy: PolicyState, ledgerEntry: number, introduction: Introduction, openedAt: number) {
    this.policy = policy;
    this.ledgerEntry = ledgerEntry;
    this.introduction = introduction;
    this.openedAt = openedAt;
  }
}
