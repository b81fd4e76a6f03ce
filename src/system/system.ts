import type { RowId } from '../../schemas/content.ts';
import type { Author } from '../store/author.ts';
import type { AdviceReport } from './advice-report.ts';
import type { BlockedReport, KeptState } from './kept-state.ts';
import type { LogAccess } from './log-access.ts';

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
  /** Attack log lines that the test caused. */
  readonly log: readonly string[];
};

/** A policy as it runs. */
export type PolicyReport = {
  readonly policy: string;
  readonly status: 'enable' | 'disable';
  readonly monitorMode: 'enable' | 'disable';
  /** The rule that applies, by the profile of the policy. Null: none does. */
  readonly rule: RuleReport | null;
  /** Why none does: the first link to it that is missing. Or ''. */
  readonly missingLink: string;
  /** Clients whose connection is open. */
  readonly connections: number;
  readonly listeners: readonly ListenerReport[];
  readonly members: readonly MemberReport[];
};

/** What a rule asks of each source. */
export type RuleReport = {
  readonly name: string;
  readonly action: string;
  /** Connections that one source may hold; 0 = no limit. */
  readonly threshold: number;
  /** Silent connections that one source may hold; 0 = no limit. */
  readonly silentThreshold: number;
};

export type ListenerReport = {
  /** '' where there is none for the interface. */
  readonly address: string;
  /** Of the configuration, where that has no address here; else ''. */
  readonly interface: string;
  readonly port: number;
  /** `down`: its interface has no address here. */
  readonly state: 'listening' | 'failed' | 'down';
  /** Why it does not listen, with what is to be done; or ''. */
  readonly reason: string;
};

export type MemberReport = {
  readonly member: string;
  /** `up`, `down`, `failing`, `unknown` while nobody has reached it, or what else keeps it from taking connections. */
  readonly state: string;
  /** Connections to it, of all policies. */
  readonly connections: number;
  /** Why it is not up, or ''. */
  readonly reason: string;
};

/** A source in the sources table. */
export type SourceReport = {
  readonly policy: string;
  /** The masked address; with its prefix length where that is not the whole address. */
  readonly source: string;
  readonly open: number;
  /** Of those, the connections that enforcement would have admitted. */
  readonly shadow: number;
  readonly silent: number;
  /** The most that it held at once since it is in the table. */
  readonly peak: number;
  readonly refused: number;
  /** Seconds until its block ends; 0 = not blocked. */
  readonly blocked: number;
};

export type SourceOrder = 'open' | 'refused' | 'silent';

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

/** What the enforcer has in hand and has done since it was started. */
export type EnforcerReport = {
  /** ISO 8601. */
  readonly runningSince: string;
  /** It is about to end, and soon takes no new connection. */
  readonly stopping: boolean;
  readonly revision: number | null;
  readonly workers: number;
  /** The event loop that they run on: epoll or node. */
  readonly engine: string;
  /** `failed`: they can't be opened, or their interface has no address here. */
  readonly listeners: { readonly listening: number; readonly failed: number };
  readonly connections: number;
  readonly admitted: number;
  readonly refused: number;
  /** Reset since their PROXY header was broken, missing or late. */
  readonly headersFailed: number;
  /** Reset since Levee itself had opened them. */
  readonly looped: number;
  readonly descriptors: { readonly used: number; readonly limit: number; readonly refused: number };
  readonly sources: {
    readonly used: number;
    readonly capacity: number;
    /** Connections whose source found no room: admitted uncounted, and refused. */
    readonly admittedUncounted: number;
    readonly refused: number;
  };
  /** Bytes that the process has of the machine. */
  readonly memory: number;
  /** Bytes that wait for members and slow readers, and connections that were reset since there were too many. */
  readonly waiting: { readonly used: number; readonly limit: number; readonly refused: number };
};

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
  /** At most `count` of the connections of a policy, and how many there are. */
  listConnections(policy: RowId, count: number): Promise<ConnectionsReport>;
  status(): EnforcerReport;
  readonly logs: LogAccess;
}
