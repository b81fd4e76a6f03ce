import type { Endpoint } from '../net/endpoint.ts';

/** The compiled configuration that the data plane runs. Plain data: it crosses to the workers as one message. */
export type Snapshot = {
  /** The revision of the configuration that it was compiled from. */
  readonly revision: number;
  readonly deviceName: string;
  /** What becomes of a connection whose source the sources table has no room for. */
  readonly tableFull: 'open' | 'closed';
  /** Milliseconds without a byte in either direction. */
  readonly idleTimeout: number;
  /** Bytes that may wait for members and slow readers, of all connections; null: as many as suit the machine. */
  readonly mostWaiting: number | null;
  /** What the kernel does with connections of blocked sources, before they come to Levee; null: nothing. */
  readonly kernelBlock: KernelBlockAction | null;
  /** In the order of the configuration; only what a policy reaches is in here. */
  readonly policies: readonly PolicySnapshot[];
  /** Who is refused is to be judged by this, too: it is the guard of the revision. Null: it has none. */
  readonly former: FormerSnapshot | null;
};

/** What of the revision before tells whom it would have admitted. */
export type FormerSnapshot = Pick<Snapshot, 'tableFull'> & {
  /** The revision that it guards. */
  readonly guarded: number;
  /** Those that were enabled. */
  readonly policies: readonly FormerPolicy[];
};

export type FormerPolicy = Pick<
  PolicySnapshot,
  'id' | 'monitorMode' | 'rule' | 'ipList' | 'scripts' | 'proxyProtocol'
>;

export type KernelBlockAction = 'drop' | 'reset';

export type PolicySnapshot = {
  /** Row id in the store: what a policy is, whatever it is called. */
  readonly id: number;
  readonly name: string;
  /** `status enable`. A disabled policy has no listener and resets its connections. */
  readonly enabled: boolean;
  readonly monitorMode: boolean;
  /** The ports that it listens on, each with the name of its service. */
  readonly services: readonly ServiceSnapshot[];
  /** Where it listens. `0.0.0.0` and `::` mean every address of their family. */
  readonly endpoints: readonly Endpoint[];
  /** Where it is to listen, and there is no address for it. */
  readonly unplaced: readonly UnplacedListener[];
  /** SYN packets a second to one listener, above which the kernel answers for it; null: it never does. */
  readonly halfOpenThreshold: number | null;
  readonly rule: RuleSnapshot | null;
  /** Why there is none, or ''. */
  readonly missingLink: string;
  readonly ipList: IpListSnapshot | null;
  readonly proxyProtocol: ProxyProtocolSnapshot | null;
  /** How a member is chosen for a connection: the word of `lb-algo`, and a file in src/enforcer/pool/balance. */
  readonly balance: string;
  readonly members: readonly MemberSnapshot[];
  /** How many more the pool has that take nothing, with `server-balance disable`. */
  readonly membersLeftOut: number;
  /** Row ids of the policies that have this one as a server, by its address: no other connection of Levee's own is let in. */
  readonly chainedFrom: readonly number[];
  /** Milliseconds for each member that is tried. */
  readonly connectTimeout: number;
  /** A record for each connection that has ended: somebody writes it. */
  readonly trafficLog: boolean;
  /** In the order of the list, each once; none while scripting is disabled. */
  readonly scripts: readonly ScriptSnapshot[];
  /** New connections are reset while one of them is switched off. */
  readonly scriptsFailClosed: boolean;
};

export type ServiceSnapshot = { readonly name: string; readonly port: number };

/** An interface of the configuration that is nothing here, or nothing with an address. */
export type UnplacedListener = {
  readonly interface: string;
  readonly port: number;
  /** Why, with what is to be done. */
  readonly reason: string;
};

/** The name of the service that a connection to a port has come to. */
export function serviceAt({ services }: Pick<PolicySnapshot, 'services'>, port: number): string {
  return (services.find((service) => service.port === port) ?? services[0])?.name ?? '';
}

export type ScriptSnapshot = {
  /** Row id in the store: what a script is, whatever it is called. */
  readonly id: number;
  readonly name: string;
  /** It was checked when it was set. */
  readonly text: string;
};

export type Action = 'alert' | 'alert_deny' | 'block-period' | 'deny_no_log';
export type Severity = 'High' | 'Medium' | 'Low' | 'Info';

export type RuleSnapshot = {
  readonly name: string;
  /** Connections that one source may hold; 0 = no limit. */
  readonly threshold: number;
  readonly action: Action;
  /** Seconds. */
  readonly blockPeriod: number;
  readonly severity: Severity;
  /** Name of the trigger policy, or ''. */
  readonly triggerPolicy: string;
  readonly prefixV4: number;
  readonly prefixV6: number;
  /** Silent connections that one source may hold; 0 = no limit. */
  readonly silentThreshold: number;
  /** Seconds without a byte from the client after which a connection is silent. */
  readonly silentAfter: number;
};

/** Who is exempt, refused whatever they hold, or alone let in. */
export type IpListSnapshot = {
  readonly name: string;
  readonly action: Exclude<Action, 'alert'>;
  /** Seconds. */
  readonly blockPeriod: number;
  readonly severity: Severity;
  /** Name of the trigger policy, or ''. */
  readonly triggerPolicy: string;
  /** An address map of src/net/address-map.ts; its marks are BLACK, TRUSTED and ALLOWED. */
  readonly addresses: SharedArrayBuffer;
  /** It has allow-only members, be they expired: nobody else but trusted addresses is let in. */
  readonly allowOnly: boolean;
  /** When the next of its members expires, in milliseconds since 1970; null: none does. */
  readonly expires: number | null;
};

/** Bits of what an IP list says of an address. */
export const BLACK = 1;
export const TRUSTED = 2;
export const ALLOWED = 4;

/** Peers that announce for whom they connect (PROXY protocol, versions 1 and 2). */
export type ProxyProtocolSnapshot = {
  /** An address map: any mark means that a header is expected from there. */
  readonly from: SharedArrayBuffer;
  /** The announced address is the source that is judged and counted. */
  readonly isSource: boolean;
  /** A peer whose header announces nobody is counted, and not limited. */
  readonly exemptsProbes: boolean;
};

/** `enable` takes new connections, `maintain` only keeps old ones, `disable` cuts those too. */
export type MemberStatus = 'enable' | 'maintain' | 'disable';

export type MemberSnapshot = {
  readonly id: number;
  /** Name of its pool. */
  readonly pool: string;
  /** Its number in the list of its pool: the same wherever the configuration is imported. */
  readonly number: number;
  /** '' for a member that is known by a name. */
  readonly address: string;
  /** The name that the main thread resolves, or ''. */
  readonly domain: string;
  readonly port: number;
  readonly status: MemberStatus;
  /** 1 to 9999. */
  readonly weight: number;
  /** Takes connections only while no other member can. */
  readonly backup: boolean;
  /** Connections that it may hold, of all policies and workers together; 0 = no limit. */
  readonly connectionLimit: number;
  /** Seconds between its recovery and its first new connection. */
  readonly recover: number;
  /** Seconds after that in which it takes at most `warmRate` new connections a second; 0 = none. */
  readonly warmUp: number;
  readonly warmRate: number;
  /** The header that it is sent at the start of each connection. */
  readonly proxyProtocol: 'v1' | 'v2' | null;
  readonly health: HealthSnapshot | null;
};

/** The checks that decide whether a member is up. */
export type HealthSnapshot = {
  readonly name: string;
  /** `and`: every check must pass. */
  readonly relationship: 'and' | 'or';
  readonly checks: readonly HealthCheck[];
};

export type HealthCheck = {
  readonly id: number;
  /** A file in src/supervisor/health/checks. */
  readonly type: string;
  /** Seconds. */
  readonly timeout: number;
  /** Failures in a row that make a member down. */
  readonly retryTimes: number;
  /** Seconds. */
  readonly interval: number;
  /** Its other fields, for the type that they belong to. */
  readonly settings: Readonly<Record<string, string | number>>;
};
