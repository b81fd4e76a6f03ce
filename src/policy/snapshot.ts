/** The frozen, compiled configuration that the data plane runs. Plain data: it crosses to the workers as one message. */
export type Snapshot = {
  /** The revision of the configuration that it was compiled from. */
  readonly revision: number;
  readonly deviceName: string;
  /** In the order of the configuration; only what a policy reaches is in here. */
  readonly policies: readonly PolicySnapshot[];
};

export type PolicySnapshot = {
  /** Row id in the store: what a policy is, whatever it is called. */
  readonly id: number;
  readonly name: string;
  /** `status enable`. A disabled policy has no listener and resets its connections. */
  readonly enabled: boolean;
  readonly monitorMode: boolean;
  readonly service: string;
  readonly endpoints: readonly Endpoint[];
  readonly rule: RuleSnapshot | null;
  readonly members: readonly MemberSnapshot[];
};

/** An address to listen on. `0.0.0.0` and `::` mean every address of their family. */
export type Endpoint = { readonly address: string; readonly port: number };

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
};

/** `enable` takes new connections, `maintain` only keeps old ones, `disable` cuts those too. */
export type MemberStatus = 'enable' | 'maintain' | 'disable';

export type MemberSnapshot = {
  readonly id: number;
  readonly address: string;
  readonly port: number;
  readonly status: MemberStatus;
};
