import type { RaisedEvent } from '../../events/events.ts';
import type { PolicySnapshot } from '../../policy/snapshot.ts';
import type { EngineClock } from '../engine/engine.ts';
import type { ConnectionPort, SocketPort } from './connection-port.ts';
import type { DataEnd } from './data-end.ts';

// The enforcer knows no script: whoever composes a worker gives it a `HooksSource`.

/** What takes part in one connection. Each call returns before the connection goes on, and may call its port. */
export interface ConnectionHooks {
  /** The first bytes of the client are wanted before a member is chosen. Valid after `accepted`. */
  readonly awaitsClient: boolean;
  /** Whether `beforeConnect` is wanted. */
  readonly seesConnecting: boolean;
  /** Whether `request` and `response` are wanted: without, bytes go on as they are. */
  readonly seesRequests: boolean;
  readonly seesResponses: boolean;
  /** The connection is admitted: the first call. */
  accepted(): void;
  /**
   * Bytes have come of a client that is awaited, or none more come. `all`: what it has sent so far, `chunk` included. True:
   * it is awaited further; never behind an end.
   */
  clientData(chunk: Uint8Array, all: () => Uint8Array, end: DataEnd | null): boolean;
  /** A member is chosen, and about to be connected to. */
  beforeConnect(): void;
  memberConnected(): void;
  /** Bytes from the client. Returns those that go to the member in their place. */
  request(bytes: Uint8Array): Uint8Array;
  /** Bytes from the member. Returns those that go to the client in their place. */
  response(bytes: Uint8Array): Uint8Array;
  /** Only after `memberConnected`. */
  memberClosed(): void;
  /** The client's side is closed: the last call. */
  closed(): void;
}

/** One version of what takes part in the connections of a policy in one worker. A connection keeps its version. */
export interface PolicyHooks {
  /** They may ask for TCP options of a SYN. */
  readonly savesSyns: boolean;
  /**
   * They have had their share of the worker's time: their connections wait with what would have them called again.
   * What follows from something that they took part in, such as an end, is called at any time.
   */
  readonly mustWait: boolean;
  /** Calls back at once, or when it is the turn of whoever asks. */
  inTurn(callback: () => void): void;
  /** This worker begins to accept on a socket of the policy, or this version takes one over. */
  listening(socket: SocketPort): void;
  /** For a new connection. */
  open(port: ConnectionPort): ConnectionHooks;
  /** No new connection comes; those that have this version go on with it. */
  retire(): void;
}

/** What a worker gives its hooks. */
export type HooksHost = {
  readonly engine: EngineClock;
  /** Of this worker, from 1. */
  readonly worker: number;
  readonly report: (event: RaisedEvent) => void;
};

/** What of a policy its hooks are made of. */
export type ScriptedPolicySnapshot = Pick<PolicySnapshot, 'id' | 'scripts' | 'scriptsFailClosed'>;

/** Makes the hooks of a policy that has scripts; null: it can't, and reports why. */
export type HooksSource = (
  policy: ScriptedPolicySnapshot,
  memory: SharedArrayBuffer,
  host: HooksHost,
) => PolicyHooks | null;
