import type { Gate } from '../../verdict/judge/gate.ts';
import type { Engine } from '../engine/engine.ts';
import type { PolicyConnection, PolicyState } from '../worker/policy-state.ts';
import type { WaitingBytes } from '../worker/waiting-bytes.ts';

/** What a connection asks of the worker that it lives in. */
export interface ConnectionHost {
  readonly engine: Engine;
  readonly gate: Gate;
  readonly waitingBytes: WaitingBytes;
  /** Milliseconds, refreshed once per tick: good enough to tell idle from active. */
  readonly tickTime: number;
  /** The label of a connection to a member of a policy, at a port. */
  labelOf(policy: number, port: number): number;
  /** The source of a ledger entry: 128 bits, most significant word first. Valid until the next call. */
  sourceOf(ledgerEntry: number): Uint32Array;
  /** Its PROXY header has come: whether the source that it names is let in. */
  identified(policy: PolicyState, connection: PolicyConnection): boolean;
  /** Its PROXY header is broken, missing or late; the connection is about to be reset. */
  headerFailed(policy: PolicyState, connection: PolicyConnection, reason: string): void;
  /** Nothing more is read from the client for the time being, or again. `ledgerEntry` -1: it has none any more. */
  clientStalls(ledgerEntry: number, isStalled: boolean): void;
  /** The client may know from now on that its connection is over; `clientOver` follows in the same step. */
  clientClosing(ledgerEntry: number): void;
  /** The client's descriptor is closed: the connection no longer counts. */
  clientOver(ledgerEntry: number): void;
  /** Nothing more comes of the client: its entry is nobody's. */
  clientClosed(ledgerEntry: number): void;
  /** The descriptor that was set aside for a member is closed, or not needed. */
  memberClosed(): void;
  /** Connections that are reset because there is no descriptor for them. */
  outOfDescriptors(connections: number): void;
  /** A source is blocked from now on: what it holds is to be closed. */
  blockStarted(): void;
  /** Both descriptors are closed. */
  finished(policy: PolicyState, connection: PolicyConnection): void;
}
