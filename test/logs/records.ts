import type { PolicySnapshot, RuleSnapshot } from '../../src/policy/snapshot.ts';
import type { TrafficRecord, ViolationRecord } from '../../src/verdict/judge/records.ts';

/** What the example line of the design was written for. */
export const rule: RuleSnapshot = {
  name: 'Web Portal Network Connect Limit',
  threshold: 10,
  action: 'alert_deny',
  blockPeriod: 600,
  severity: 'Medium',
  triggerPolicy: 'Server_Policy_Trigger',
  prefixV4: 32,
  prefixV6: 64,
  silentThreshold: 0,
  silentAfter: 10,
};

export const policy: PolicySnapshot = {
  id: 1,
  name: 'web',
  enabled: true,
  monitorMode: false,
  services: [{ name: 'HTTP', port: 80 }],
  endpoints: [{ address: '198.51.100.10', port: 80 }],
  unplaced: [],
  halfOpenThreshold: null,
  rule,
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
};

export const record: ViolationRecord = {
  phase: 'start',
  reason: 'connections',
  time: Date.UTC(2026, 10, 20, 10, 15, 42),
  policy: 1,
  source: '203.0.113.7',
  sourcePort: 40112,
  destination: '198.51.100.10',
  destinationPort: 80,
  threshold: 10,
  open: 10,
  peak: 10,
  silent: 0,
  count: 1,
  wouldRefuse: 1,
  total: 1,
  duration: 0,
};

export const traffic: TrafficRecord = {
  time: Date.UTC(2026, 10, 20, 10, 15, 42),
  policy: 1,
  source: '203.0.113.7',
  sourcePort: 40112,
  peer: '192.0.2.1',
  destination: '198.51.100.10',
  destinationPort: 80,
  member: '10.0.0.1',
  memberPort: 8080,
  received: 1200,
  sent: 34_000,
  duration: 1234.5,
  cause: 'finished',
};
