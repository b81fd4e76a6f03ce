import type { Snapshot } from '../policy/snapshot.ts';
import type { ViolationRecord } from '../verdict/records.ts';
import type { Places } from './pool/rows.ts';
import type { Processors } from './processors.ts';
import type { Timeouts } from './timeouts.ts';

/** What a worker is started with. All memory is shared with the main thread. */
export type WorkerData = {
  readonly table: SharedArrayBuffer;
  readonly ledger: SharedArrayBuffer;
  readonly counters: SharedArrayBuffer;
  /** The worker's number, from 1; its row in `counters` is one less. */
  readonly owner: number;
  /** Descriptors that all workers together may use for connections. */
  readonly descriptorLimit: number;
  readonly timeouts: Timeouts;
  /** That its thread may use; null: those of the thread that starts it. */
  readonly processors: Processors | null;
};

/** A duplicate of a listening socket, made for one worker and its own from then on. */
export type OpenListener = { readonly key: string; readonly descriptor: number };

/** To a worker. One with a serial is answered by `done`, in order. */
export type ToWorker =
  | {
      readonly type: 'snapshot';
      readonly serial: number;
      readonly snapshot: Snapshot;
      readonly places: Places;
    }
  /** Names of members have other addresses. */
  | { readonly type: 'places'; readonly serial: number; readonly places: Places }
  | { readonly type: 'listen'; readonly serial: number; readonly listeners: readonly OpenListener[] }
  | { readonly type: 'stop'; readonly serial: number };

/** From a worker. */
export type FromWorker =
  | { readonly type: 'done'; readonly serial: number }
  | { readonly type: 'violations'; readonly records: readonly ViolationRecord[] }
  | { readonly type: 'listener-failed'; readonly key: string; readonly message: string }
  /** `refused`: connections since the last such message. */
  | { readonly type: 'descriptors-exhausted'; readonly refused: number };
