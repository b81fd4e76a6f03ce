import type { TrafficCause } from '../../verdict/judge/records.ts';
import type { PoolMember } from '../pool/pool-member.ts';
import type { Announced } from './proxy-protocol/header.ts';
import type { Introduction } from './proxy-protocol/introduction.ts';

/** Where a connection is in its life. `half-closed`: one side has ended its direction. */
export type ConnectionState = 'header' | 'connecting' | 'established' | 'half-closed';

/** What is known of a connection, while it lives and for the report of it afterwards. */
export class ConnectionFacts {
  /** The entry in the worker's ledger; -1 when it has none any more. */
  ledgerEntry: number;
  readonly introduction: Introduction;
  /** The member that it was given last, also after the member has closed; null before the first. */
  member: PoolMember | null = null;
  /** What the PROXY header said; null without one, or where it names nobody. */
  announced: Announced | null = null;
  /** Since it was accepted, or admitted after its header: milliseconds on the engine's clock. */
  openedAt: number;
  /** Bytes from the client, its PROXY header apart, and to the client. */
  received = 0;
  sent = 0;
  /** How it came to its end; null before. */
  cause: TrafficCause | null = null;
  /** The source that its PROXY header announced was not let in. */
  isRefused = false;

  constructor(ledgerEntry: number, introduction: Introduction, openedAt: number) {
    this.ledgerEntry = ledgerEntry;
    this.introduction = introduction;
    this.openedAt = openedAt;
  }
}
