import type { MemberSnapshot, PolicySnapshot, RuleSnapshot, Snapshot } from '../../src/policy/snapshot.ts';

let revision = 0;

export function snapshotOf(...policies: readonly PolicySnapshot[]): Snapshot {
  return {
    revision: ++revision,
    deviceName: 'Levee',
    tableFull: 'open',
    idleTimeout: 3_600_000,
    mostWaiting: null,
    kernelBlock: null,
    policies,
    former: null,
  };
}

export function ruleOf(rule: Partial<RuleSnapshot>): RuleSnapshot {
  return {
    name: 'limit',
    threshold: 0,
    action: 'alert_deny',
    blockPeriod: 600,
    severity: 'Medium',
    triggerPolicy: '',
    prefixV4: 32,
    prefixV6: 64,
    silentThreshold: 0,
    silentAfter: 10,
    ...rule,
  };
}

export function memberOf(port: number, member: Partial<MemberSnapshot> = {}): MemberSnapshot {
  return {
    id: port,
    pool: 'servers',
    number: port,
    address: '127.0.0.1',
    domain: '',
    port,
    status: 'enable',
    weight: 1,
    backup: false,
    connectionLimit: 0,
    recover: 0,
    warmUp: 0,
    warmRate: 10,
    proxyProtocol: null,
    health: null,
    ...member,
  };
}

export function policyOf(policy: Partial<PolicySnapshot>): PolicySnapshot {
  return {
    id: 1,
    name: 'web',
    enabled: true,
    monitorMode: false,
    services: [{ name: 'HTTP', port: 80 }],
    endpoints: [],
    unplaced: [],
    halfOpenThreshold: null,
    rule: null,
    missingLink: '',
    ipList: null,
    proxyProtocol: null,
    balance: 'round-robin',
    members: [],
    membersLeftOut: 0,
    chainedFrom: [],
    connectTimeout: 10_000,
    trafficLog: false,
    scripts: [],
    scriptsFailClosed: false,
    ...policy,
  };
}
