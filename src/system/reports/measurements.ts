import type { RowId } from '../../../schemas/row-id.ts';
import type { ClusterReport } from './cluster.ts';
import type { EnforcerReport, ListenerReport, MemberReport } from './running.ts';

/** What is known of one policy that runs, as numbers. Counts are since it was made, or Levee was started. */
export type PolicyMeasurements = {
  readonly id: RowId;
  /** Its name. */
  readonly policy: string;
  /** Clients whose connection is open. */
  readonly connections: number;
  /** Connections that the verdict let in, and those of them that enforcement would have refused. */
  readonly admitted: number;
  readonly wouldRefuse: number;
  /** Connections that were reset before a member served them, by the reason. */
  readonly refused: Readonly<Record<string, number>>;
  /** Connections that were let in and are over, by what ended them. */
  readonly ended: Readonly<Record<string, number>>;
  /** Connections that one source may hold, and silent ones; 0 = no limit. */
  readonly threshold: number;
  readonly silentThreshold: number;
  /** Sources in the sources table, the most connections that one of them holds, and those that are blocked. */
  readonly sources: number;
  readonly mostOfSource: number;
  readonly blocks: number;
  readonly blocksStarted: number;
  /** Handshakes that the kernel has answered in the place of its listeners, and whether it is to and can't. */
  readonly handshakesAnswered: number;
  readonly isUnanswered: boolean;
  readonly listeners: readonly ListenerReport[];
  readonly members: readonly MemberReport[];
};

/** Signs of life: milliseconds since the last one. */
export type Beats = {
  /** Of the event loop of the main thread. */
  readonly main: number;
  /** One for each worker; null: its thread has ended, and is about to be replaced. */
  readonly workers: readonly (number | null)[];
};

/** Whether it lives, and what speaks against sending it connections. */
export type Health = {
  readonly beats: Beats;
  /** The revision of the configuration that runs; null before the first. And the newest one. */
  readonly revision: number | null;
  readonly storedRevision: number;
  /** Listeners of enabled policies that are not bound, as `address:port`. */
  readonly failedListeners: readonly string[];
  /** It is about to end. */
  readonly stopping: boolean;
};

/** The numbers of a running Levee, taken at about one moment. */
export type Measurements = {
  readonly version: string;
  readonly enforcer: EnforcerReport;
  readonly policies: readonly PolicyMeasurements[];
  /** What verdicts took, accounting included. */
  readonly verdicts: {
    /** Microseconds, ascending. */
    readonly bounds: readonly number[];
    /** Verdicts by the lowest bound that they keep; one more for those above all. */
    readonly counts: readonly number[];
    /** Nanoseconds of all. */
    readonly total: number;
  };
  readonly health: Health;
  /** Null: it is no node of a cluster. */
  readonly cluster: ClusterReport | null;
  /** Workers that have ended without being asked to. */
  readonly workerRestarts: number;
  /** Records that no destination outside took. */
  readonly logDropped: number;
  /** Seconds until a revision that nobody confirms comes back; 0: none waits. */
  readonly confirmationLeft: number;
};
