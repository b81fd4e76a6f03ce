/** A policy as it runs. */
export type PolicyReport = {
  readonly policy: string;
  readonly status: 'enable' | 'disable';
  readonly monitorMode: 'enable' | 'disable';
  /** The rule that applies, by the profile of the policy. Null: none does. */
  readonly rule: RuleReport | null;
  /** Why none does: the first link to it that is missing. Or ''. */
  readonly missingLink: string;
  /** Null: the kernel is not to answer for its listeners. */
  readonly synCookie: SynCookieReport | null;
  /** Clients whose connection is open. */
  readonly connections: number;
  readonly listeners: readonly ListenerReport[];
  readonly members: readonly MemberReport[];
  /** How many more its pool has that take nothing, with `server-balance disable`. */
  readonly membersLeftOut: number;
};

/** How the kernel answers SYN packets in the place of listeners. */
export type SynCookieReport = {
  /** SYN packets a second to one listener, above which it does. */
  readonly threshold: number;
  /** `own-cookies`: it can't, and sends SYN cookies of its own once the queue of a listener is full. */
  readonly state: 'watching' | 'answering' | 'own-cookies' | 'unprotected';
  /** Why it can't, with what is to be done; or ''. */
  readonly reason: string;
  /** Handshakes that it has answered. */
  readonly answered: number;
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

/** How the kernel refuses blocked sources in Levee's place. */
export type KernelReport = {
  /** `off`: it is not asked to. `failing`: Levee refuses them itself. */
  readonly state: 'off' | 'blocking' | 'failing';
  /** Why it fails, or ''. */
  readonly reason: string;
  /** The table of nftables, in family inet. */
  readonly table: string;
  /** Sources that it refuses. */
  readonly blocks: number;
  /** Packets by which they tried to connect, as far as its counters were read. */
  readonly refused: number;
  /** Sources and rules of that table that others had changed: put right since the start. */
  readonly restored: number;
};

/** What the enforcer has in hand and has done since it was started. */
export type EnforcerReport = {
  /** ISO 8601. */
  readonly runningSince: string;
  /** It is about to end, and soon takes no new connection. */
  readonly stopping: boolean;
  /** Its number. */
  readonly process: number;
  /** That of the process which is about to take over; 0: none is. */
  readonly successor: number;
  readonly revision: number | null;
  readonly workers: number;
  /** The event loop that they run on: epoll or node. */
  readonly engine: string;
  /** `failed`: they can't be opened, or their interface has no address here. */
  readonly listeners: { readonly listening: number; readonly failed: number };
  readonly connections: number;
  /** Those that the process before this one still has: they count here. */
  readonly formerConnections: number;
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
  readonly kernel: KernelReport;
  /** Bytes that the process has of the machine. */
  readonly memory: number;
  /** Bytes that wait for members and slow readers, and connections that were reset since there were too many. */
  readonly waiting: { readonly used: number; readonly limit: number; readonly refused: number };
};
