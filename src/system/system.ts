import type { RowId } from '../../schemas/content.ts';
import type { Author } from '../store/author.ts';
import type { BlockedReport, KeptState } from './kept-state.ts';
import type { LogAccess, LogLine } from './log-access.ts';
import type { AdviceReport } from './reports/advice.ts';
import type { ClusterReport, SharedSourceReport } from './reports/cluster.ts';
import type { Health, Measurements } from './reports/measurements.ts';
import type { EnforcerReport, MemberReport, PolicyReport } from './reports/running.ts';
import type { SourceOrder, SourceReport } from './reports/source.ts';
import type { SharedConfiguration } from './shared-configuration.ts';

/** Whoever implements or asks the system needs nothing of the store. */
export type { Author };

/** What became of the connections that a flood test opened. */
export type FloodTest = {
  readonly target: string;
  /** Connections that the policy relayed. */
  readonly admitted: number;
  /** Connections that were reset by the rule: under `block-period` also those that had been admitted. */
  readonly reset: number;
  /** Connections that the rule let in, and that no member took or a member reset. */
  readonly lost: number;
  /** What the rule of the policy does; null: there is none. */
  readonly action: string | null;
  /** Why there is none, or ''. */
  readonly missingLink: string;
  readonly members: readonly MemberReport[];
  /** Connections that ended otherwise: refused because nobody listened, timed out. */
  readonly failed: number;
  /** Records of the attack log that the test caused. */
  readonly log: readonly LogLine[];
};

export type ConnectionReport = {
  readonly source: string;
  readonly sourcePort: number;
  /** The peer of the socket, which is not the source behind a proxy. */
  readonly peer: string;
  readonly destination: string;
  readonly member: string;
  readonly state: string;
  /** Seconds. */
  readonly age: number;
  /** Bytes from the client, and to it. */
  readonly received: number;
  readonly sent: number;
};

export type ConnectionsReport = { readonly total: number; readonly connections: readonly ConnectionReport[] };

/** The running system, as operations reach it; the daemon implements it. */
export interface System extends KeptState {
  /** Opens connections to an address of one of our own policies and holds them until all are judged. Rejects with a reason. */
  floodTest(policy: RowId, connections: number, signal: AbortSignal): Promise<FloodTest>;
  /** `policy` null: all of them. */
  policies(policy: RowId | null): readonly PolicyReport[];
  /** The `count` sources with the most of something, the most first. */
  sources(policy: RowId | null, count: number, by: SourceOrder): Promise<readonly SourceReport[]>;
  /** What the peaks of its sources advise: each counts as often as it has come since the enforcer was started. */
  advice(policy: RowId): Promise<AdviceReport>;
  /** Some of the blocked sources that begin so: as many as are found in a moment. */
  someBlocked(policy: RowId, prefix: string): readonly BlockedReport[];
  /** Ends the block that covers an address, which may be given as `blocks` prints it. Throws where it can't be done now. */
  liftBlock(policy: RowId, address: string, author: Author): 'lifted' | 'not-blocked' | 'no-address';
  /**
   * Blocks the source that an address is of for so many seconds, whatever the rule says; a block that runs already ends
   * then instead. `other-prefix`: the text names another network than what the policy counts as one source. Throws where
   * it can't be done now.
   *
   * @param seconds 1 to `longestBlock`
   */
  orderBlock(
    policy: RowId,
    address: string,
    seconds: number,
    author: Author,
  ): 'blocked' | 'no-address' | 'other-prefix' | 'trusted' | 'full' | 'monitor-mode';
  /** At most `count` of the connections of a policy, and how many there are. */
  listConnections(policy: RowId, count: number): Promise<ConnectionsReport>;
  /**
   * Has a new process take over all but the connections that there are. Resolves when that is about to happen, to its
   * number and the directory of its code; rejects with a reason where it can't be, and then nothing changes.
   */
  restartHot(author: Author): Promise<{ readonly process: number; readonly directory: string }>;
  status(): EnforcerReport;
  /** All numbers, for whoever watches Levee. `policy` null: of all policies. */
  measure(policy: RowId | null): Promise<Measurements>;
  /** Whether it lives and is ready, at once. */
  health(): Health;
  /** What this node has of the others; null: it is by itself. */
  cluster(): ClusterReport | null;
  /** So many of the sources that nodes tell each other of, those that hold the most in all first. */
  sharedSources(count: number): Promise<readonly SharedSourceReport[]>;
  readonly sharedConfiguration: SharedConfiguration;
  readonly logs: LogAccess;
}
