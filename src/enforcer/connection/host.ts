import type { Gate } from '../../verdict/judge/gate.ts';
import type { Engine, Stream, StreamHandler } from '../engine/engine.ts';
import type { Connection } from './connection.ts';

/** What a connection asks of the worker that it lives in. */
export interface ConnectionHost {
  readonly engine: Engine;
  readonly gate: Gate;
  /** Milliseconds, refreshed once per tick: good enough to tell idle from active. */
  readonly tickTime: number;
  /** `socket`: as in `Engine.connect`. */
  connect(address: string, port: number, socket: number | null, handler: StreamHandler): Stream;
  connectFailed(cause: 'failed' | 'exhausted', handler: StreamHandler): Stream;
  /** The client's 128 bits, most significant word first. Valid until the next call. */
  sourceOf(connection: Connection): Uint32Array;
  /** Its PROXY header is here: whether the source that it is of is let in. */
  identified(connection: Connection): boolean;
  /** Its PROXY header is broken, missing or late; the connection is about to be reset. */
  headerFailed(connection: Connection, reason: string): void;
  /** So long without a byte from the client that it counts as silent; it has not spoken before. */
  fellSilent(connection: Connection): void;
  /** The first byte, after it fell silent. */
  spoke(connection: Connection): void;
  /** The client's descriptor is closed: the connection no longer counts. */
  clientClosed(connection: Connection): void;
  memberClosed(): void;
  /** Connections that are reset because there is no descriptor for them. */
  outOfDescriptors(connections: number): void;
  /** A source is blocked from now on: what it holds is to be closed. */
  blockStarted(): void;
  /** Both descriptors are closed. */
  finished(connection: Connection): void;
}
