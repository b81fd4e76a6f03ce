import type { RaisedEvent } from '../../events/events.ts';
import type { PolicySnapshot, ScriptSnapshot } from '../../policy/snapshot.ts';
import type { EngineClock } from '../engine/engine.ts';
import type { ConnectionPort, SocketPort } from './connection-port.ts';

// What may take part in connections. The enforcer knows no script: whoever composes a worker gives it a `HooksSource`.

/** What takes part in one connection. Each call returns before the connection goes on, and may call its port. */
export interface ConnectionHooks {
  /** The first bytes of the client are wanted before a member is chosen. */
  readonly awaitsClient: boolean;
  /** It is admitted. */
  accepted(): void;
  /** Those bytes; none when the client has ended its direction without a word. */
  clientData(bytes: Uint8Array): void;
  /** A member is chosen, and about to be connected to. */
  beforeConnect(): void;
  memberConnected(): void;
  /** Bytes on their way to the server or to the client; gives those that are to go there. */
  request(bytes: Uint8Array): Uint8Array;
  response(bytes: Uint8Array): Uint8Array;
  /** Only after `serverConnected`. */
  memberClosed(): void;
  /** The client's side is closed: the last call. */
  closed(): void;
}

/** What takes part in the connections of a policy in one worker, in one version: a connection keeps its. */
export interface PolicyHooks {
  /** The options of a SYN may be asked for. */
  readonly savesSyns: boolean;
  /** This worker begins to accept on a socket of the policy, or this version takes one over. */
  listening(socket: SocketPort): void;
  open(port: ConnectionPort): ConnectionHooks;
  /** No new connection comes; those that it has go on with it. */
  retire(): void;
}

/** What a worker gives its hooks. */
export type HooksHost = {
  readonly engine: EngineClock;
  /** Of this worker, from 1. */
  readonly worker: number;
  readonly report: (event: RaisedEvent) => void;
};

/** Makes the hooks of a policy that has scripts; null: they can't be had, which is reported. */
export type HooksSource = (
  policy: Pick<PolicySnapshot, 'id'> & { readonly scripts: readonly ScriptSnapshot[] },
  memory: SharedArrayBuffer,
  host: HooksHost,
) => PolicyHooks | null;
