import type { RaisedEvent } from '../../events/events.ts';
import type { EngineName } from '../../policy/enforcer-settings.ts';
import type { Snapshot } from '../../policy/snapshot.ts';
import type { TrafficRecord, ViolationRecord } from '../../verdict/judge/records.ts';
import type { FormerScope } from '../../verdict/table/key.ts';
import type { ConnectionListing } from '../connection/listing.ts';
import type { ListenerShare } from '../engine/listener.ts';
import type { Processors } from '../engine/processors.ts';
import type { MemberRows } from '../pool/rows.ts';
import type { Timeouts } from './timeouts.ts';

/** What a worker is started with. All memory is shared with the main thread. */
export type WorkerData = {
  readonly table: SharedArrayBuffer;
  /** Of all workers, by their numbers. */
  readonly ledgers: readonly SharedArrayBuffer[];
  readonly counters: SharedArrayBuffer;
  /** The connections that all workers have opened. */
  readonly ownConnections: SharedArrayBuffer;
  /** The event loop that it runs on, and memory for what that has open. */
  readonly engine: EngineName;
  readonly ownDescriptors: SharedArrayBuffer;
  /** One word: whether its thread loads code. */
  readonly loading: SharedArrayBuffer;
  /** The worker's number, from 1; its row in `counters` is one less. */
  readonly worker: number;
  /** Descriptors that all workers together may use for connections. */
  readonly descriptorLimit: number;
  readonly timeouts: Timeouts;
  /** That its thread may use; null: those of the thread that starts it. */
  readonly processors: Processors | null;
};

export type FormerScopes = ReadonlyMap<number, FormerScope>;

/** One more listening socket to accept from; the share is the worker's own from then on. */
export type OpenListener = { readonly key: string; readonly share: ListenerShare };

/** To a worker. Every one is answered with its serial, once it is done: `list-connections` by `connections`, the others by `done`. */
export type ToWorker =
  | {
      readonly type: 'snapshot';
      readonly serial: number;
      readonly snapshot: Snapshot;
      readonly rows: MemberRows;
      /** By policy, of those that have scripts: what these share in all workers and in all versions. */
      readonly memories: ReadonlyMap<number, SharedArrayBuffer>;
      /** By policy: what its connections are counted in. */
      readonly policyCounters: ReadonlyMap<number, SharedArrayBuffer>;
      /** By policy, of those whose prefixes change: those that count until all workers change to the new ones. */
      readonly formerScopes: FormerScopes;
      /** Bytes that may wait in this worker, of all its connections. */
      readonly mostWaiting: number;
    }
  /** Names of members have other addresses. */
  | { readonly type: 'member-rows'; readonly serial: number; readonly rows: MemberRows }
  /** `limit`: the most that the answer may hold. */
  | {
      readonly type: 'list-connections';
      readonly serial: number;
      readonly policy: number;
      readonly limit: number;
    }
  | { readonly type: 'listen'; readonly serial: number; readonly listeners: readonly OpenListener[] }
  /** Its shares of all listening sockets are closed; `accepts`: once what waits there is accepted. */
  | { readonly type: 'stop-listening'; readonly serial: number; readonly accepts: boolean }
  /** What its former connections have left may be freed. */
  | { readonly type: 'collect-garbage'; readonly serial: number }
  /** The snapshot that it runs is guarded by none any more. */
  | { readonly type: 'end-guard'; readonly serial: number }
  | { readonly type: 'stop'; readonly serial: number };

/** A source that was refused, as the snapshot before tells sources apart. */
export type RefusedSource = {
  readonly policy: number;
  /** An address, or a network with its length. */
  readonly source: string;
  /** Connections that were refused since the last report. */
  readonly attempts: number;
  /** Connections more than it held then that the snapshot before would have admitted. */
  readonly room: number;
  /** It held more than it may now: the snapshot before has admitted it. */
  readonly isKnown: boolean;
};

/** From a worker. */
export type FromWorker =
  | { readonly type: 'done'; readonly serial: number }
  | ({ readonly type: 'connections'; readonly serial: number } & ConnectionListing)
  /** Of connections that have ended. */
  | { readonly type: 'traffic'; readonly records: readonly TrafficRecord[] }
  | { readonly type: 'violations'; readonly records: readonly ViolationRecord[] }
  | { readonly type: 'events'; readonly events: readonly RaisedEvent[] }
  | { readonly type: 'refused'; readonly sources: readonly RefusedSource[] }
  | { readonly type: 'listener-failed'; readonly key: string; readonly message: string };
