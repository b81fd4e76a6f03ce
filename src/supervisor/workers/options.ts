import type { Worker } from 'node:worker_threads';
import type { Processors } from '../../enforcer/engine/processors.ts';
import type { GivenSockets } from '../../enforcer/sockets/given-sockets.ts';
import type { Counts, VerdictTimes } from '../../enforcer/worker/counters.ts';
import type { RefusedSource, WorkerData } from '../../enforcer/worker/messages.ts';
import type { PolicyCounts } from '../../enforcer/worker/policy-counters.ts';
import type { Timeouts } from '../../enforcer/worker/timeouts.ts';
import type { RaisedEvent } from '../../events/events.ts';
import type { EngineName } from '../../policy/enforcer-settings.ts';
import type { TrafficRecord, ViolationRecord } from '../../verdict/judge/records.ts';
import type { EpisodeLine } from '../../verdict/upkeep/source-state.ts';
import type { Lookup } from '../members/resolver.ts';
import type { ListenerStatus } from './listening-sockets.ts';

export type WorkersOptions = {
  readonly workers: number;
  /** The event loop that they run on; by default the best one that works here. */
  readonly engine?: EngineName;
  /** Sources that the table holds. */
  readonly sources: number;
  /** The first violation of each episode. */
  readonly onViolations: (records: readonly ViolationRecord[]) => void;
  /** What has happened in an episode since it was last reported, once an interval and at its end. */
  readonly onEpisodeLine: (line: EpisodeLine) => void;
  readonly onEvent: (event: RaisedEvent) => void;
  /** Sources that were refused while a revision is guarded. */
  readonly onRefused?: (sources: readonly RefusedSource[]) => void;
  /** Resolves the names of members; by default the system does. */
  readonly lookup?: Lookup;
  /** Connections that have ended, of policies with a traffic log. */
  readonly onTraffic?: (records: readonly TrafficRecord[]) => void;
  readonly timeouts?: Timeouts;
  /** Where members are that are known by names, as another process has found them; asked again all the same. */
  readonly addresses?: ReadonlyMap<string, string>;
  /** Begins with nobody accepting, and no listener opened, until `resumeListening`. */
  readonly isPaused?: boolean;
  /** Listening sockets that this process was given; by default none. */
  readonly given?: GivenSockets;
  /** Descriptors for connections; by default from the limit of the process. */
  readonly descriptors?: number;
  /** Milliseconds without a violation that end an episode. */
  readonly reportInterval?: number;
  /** Processors that the workers may use, where the main thread is kept to fewer. */
  readonly processors?: Processors | null;
  /** Starts the thread; a test may start another entry. */
  readonly spawn?: (data: WorkerData) => Worker;
};

export type WorkersStatus = {
  readonly engine: EngineName;
  /** Of the snapshot that runs; null before the first. */
  readonly revision: number | null;
  readonly listeners: readonly ListenerStatus[];
  /** One for each worker. */
  readonly counts: readonly Counts[];
  /** Descriptors that connections may use, of all workers together. */
  readonly descriptorLimit: number;
  /** Bytes that may wait for members and slow readers, likewise. */
  readonly mostWaiting: number;
};

export type WorkersTallies = {
  /** By the row id of the policy, of those that stand. */
  readonly policies: ReadonlyMap<number, PolicyCounts>;
  readonly verdicts: VerdictTimes;
  /** How often a worker has ended that was not asked to. */
  readonly restarts: number;
};
