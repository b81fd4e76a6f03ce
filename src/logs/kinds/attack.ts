import {
  type Action,
  type IpListSnapshot,
  type PolicySnapshot,
  type RuleSnapshot,
  type Severity,
  serviceAt,
} from '../../policy/snapshot.ts';
import { counted } from '../../text/plural.ts';
import type { ViolationRecord } from '../../verdict/judge/records.ts';
import type { Reason } from '../../verdict/table/reasons.ts';
import type { FieldValues } from '../records/key-value-line.ts';
import { bare, type LogRecord, priority, seconds, text } from '../records/record.ts';
import { keyColumn, type MailRow, type RecordKind, timeColumn } from '../records/record-kind.ts';

const actionNames: Record<Action, string> = {
  alert: 'Alert',
  alert_deny: 'Alert_Deny',
  'block-period': 'Period_Block',
  deny_no_log: 'Deny_no_log',
};

const severityNames: Record<Severity, string> = {
  High: 'High',
  Medium: 'Medium',
  Low: 'Low',
  Info: 'Informative',
};

type Family = {
  readonly logId: string;
  readonly mainType: string;
  readonly subType: string;
  readonly message: string;
};

const flood: Omit<Family, 'message'> = {
  logId: '20000010',
  mainType: 'DoS Protection',
  subType: 'TCP Flood Prevention',
};

const families: Record<Reason, Family> = {
  connections: { ...flood, message: 'DoS Attack: TCP Flood Prevention Violation' },
  silent: { ...flood, message: 'DoS Attack: TCP Flood Prevention Violation: silent connections' },
  crowded: { ...flood, message: 'DoS Attack: TCP Flood Prevention Violation: over several nodes' },
  unconfirmed: {
    ...flood,
    message: 'DoS Attack: TCP Flood Prevention Violation: other nodes do not know of it yet',
  },
  'black-ip': {
    logId: '20000011',
    mainType: 'IP List',
    subType: 'Black IP',
    message: 'IP List Violation: the address is on the black list',
  },
  'allow-only': {
    logId: '20000012',
    mainType: 'IP List',
    subType: 'Allow Only IP',
    message: 'IP List Violation: the address is not on the allow-only list',
  },
  script: {
    logId: '20000013',
    mainType: 'Scripting',
    subType: 'Script Block',
    message: 'Script Violation: a script has blocked the source',
  },
  'by-hand': {
    logId: '20000014',
    mainType: 'Administration',
    subType: 'Manual Block',
    message: 'Manual Block: an administrator has blocked the source',
  },
};

const synFlood: Family = {
  logId: '20000015',
  mainType: flood.mainType,
  subType: 'SYN Flood Prevention',
  message: 'DoS Attack: SYN Flood Prevention Violation',
};

const keys: readonly string[] = [
  'pri',
  'main_type',
  'sub_type',
  'trigger_policy',
  'severity_level',
  'proto',
  'service',
  'action',
  'policy',
  'src',
  'src_port',
  'dst',
  'dst_port',
  'msg',
  'rule',
  'phase',
  'threshold',
  'open',
  'peak',
  'count',
  'would_refuse',
  'kernel_refused',
  'silent',
  'elsewhere',
  'total',
  'duration',
  'sources',
];

/**
 * A record of the attack log. `sources`: how many it stands for, where it is the one for all that a policy had no
 * line left for; their address is then given as 0.0.0.0.
 */
export function attackRecord(record: ViolationRecord, policy: PolicySnapshot, sources?: number): LogRecord {
  const { reason } = record;
  const broken = brokenRule(reason, policy);
  const action = actionNames[actionOf(reason, broken, policy)];
  return recordOf(record, policy, { family: families[reason], broken, action }, sources);
}

/**
 * Of a flood of SYN packets, which the kernel answers. Its senders may be forged: it has none, and their address is given as
 * 0.0.0.0. `peak` is in packets a second.
 */
export function synFloodRecord(record: ViolationRecord, policy: PolicySnapshot): LogRecord {
  return recordOf(record, policy, { family: synFlood, broken: policy.rule, action: 'SYN_Cookie' });
}

type Told = { readonly family: Family; readonly broken: Broken; readonly action: string };

function recordOf(
  record: ViolationRecord,
  policy: PolicySnapshot,
  { family, broken, action }: Told,
  sources?: number,
): LogRecord {
  const { reason, phase, silent, elsewhere = 0, kernelRefused = 0 } = record;
  const trigger = broken?.triggerPolicy ?? '';
  const silence = reason === 'silent' || (policy.rule?.silentThreshold ?? 0) > 0;
  const body = [
    priority('alert'),
    text('main_type', family.mainType),
    text('sub_type', family.subType),
    text('trigger_policy', trigger),
    bare('severity_level', severityNames[broken?.severity ?? 'Medium']),
    bare('proto', 'tcp'),
    bare('service', serviceAt(policy, record.destinationPort)),
    bare('action', action),
    text('policy', policy.name),
    bare('src', record.source),
    bare('src_port', record.sourcePort),
    bare('dst', record.destination),
    bare('dst_port', record.destinationPort),
    text('msg', family.message),
    text('rule', broken?.name ?? ''),
    bare('phase', phase),
    bare('threshold', record.threshold),
    bare('open', record.open),
    bare('peak', record.peak),
    bare('count', record.count),
    bare('would_refuse', record.wouldRefuse),
    ...(kernelRefused > 0 ? [bare('kernel_refused', kernelRefused)] : []),
    ...(silence ? [bare('silent', silent)] : []),
    ...(elsewhere > 0 ? [bare('elsewhere', elsewhere)] : []),
    ...(phase === 'end' ? [bare('total', record.total), bare('duration', seconds(record.duration))] : []),
    ...(sources === undefined ? [] : [bare('sources', sources)]),
  ];
  return { kind: 'attack', level: 'alert', time: record.time, logId: family.logId, body, trigger };
}

function actionOf(reason: Reason, broken: Broken, { monitorMode }: PolicySnapshot): Action {
  if (monitorMode) return 'alert';
  return isBlockAlone(reason) ? 'block-period' : (broken?.action ?? 'alert');
}

type Broken = RuleSnapshot | IpListSnapshot | null;

/** A block of neither a rule nor an IP list. */
function isBlockAlone(reason: Reason): boolean {
  return reason === 'script' || reason === 'by-hand';
}

/** What the violation broke: the rule, or the IP list. Null: the block of a script or an administrator, or the policy has lost it in between. */
function brokenRule(reason: Reason, { rule, ipList }: PolicySnapshot): Broken {
  if (isBlockAlone(reason)) return null;
  return reason === 'black-ip' || reason === 'allow-only' ? ipList : rule;
}

export default {
  help: 'Violations',
  keys,
  columns: [
    timeColumn,
    { title: 'source', usualWidth: 15, text: who },
    keyColumn('policy', 'policy', 12),
    keyColumn('action', 'action', 12),
    { title: 'open/threshold', usualWidth: 14, text: ({ open, threshold }) => `${open}/${threshold}` },
    keyColumn('count', 'count', 6),
    keyColumn('phase', 'phase', 7),
  ],
  isAlert: true,
  makesRoom: false,
  mail: {
    summary(records) {
      const violations = records.reduce((sum, { count }) => sum + Number(count), 0);
      const policies = new Set(records.map(({ policy }) => `"${policy}"`));
      return `${counted(violations, 'violation')} of policy ${[...policies].join(', ')}`;
    },
    headline: (values) =>
      `${who(values)} ${deed(values)}, policy "${values['policy']}" (${values['action']})`,
    rows: mailRows,
  },
} satisfies RecordKind;

function who({ src, sources, sub_type: type }: FieldValues): string {
  if (type === synFlood.subType) return 'SYN packets';
  return sources === undefined ? String(src) : counted(Number(sources), 'more source');
}

function deed(values: FieldValues): string {
  const { phase, main_type: type, open, count, sources } = values;
  if (sources !== undefined) return `made ${counted(Number(count), 'violation')}`;
  if (values['sub_type'] === synFlood.subType)
    return phase === 'end' ? 'have stopped' : `are too many: ${counted(Number(count), 'handshake')}`;
  if (phase === 'end') return 'has stopped';
  if (phase === 'summary') return `goes on: ${counted(Number(count), 'violation')}`;
  return type === 'IP List' ? 'is not let in' : `holds ${counted(Number(open), 'connection')}`;
}

function mailRows(values: FieldValues): readonly MailRow[] {
  const { policy, dst, dst_port: port, service, threshold, open, peak, silent, elsewhere, count } = values;
  const limit = threshold === 0 ? 'no limit' : `the limit is ${threshold}`;
  const isList = values['main_type'] === 'IP List';
  const kernelRefused = values['kernel_refused'];
  return [
    ['Source', who(values)],
    ['Policy', `${policy} (${service}, ${dst} port ${port})`],
    ['Attack', String(values['msg'])],
    ...(isList ? [] : [['Holds', `${open} now, ${peak} at most; ${limit}`] as const]),
    ...(silent === undefined ? [] : [['Silent', String(silent)] as const]),
    ...(elsewhere === undefined ? [] : [['At other nodes', String(elsewhere)] as const]),
    ['Violations', `${count} in this record${total(values)}`],
    ['Action', String(values['action'])],
    ['Would refuse', String(values['would_refuse'])],
    ...(kernelRefused === undefined ? [] : [['Refused by the kernel', `${kernelRefused} packets`] as const]),
    ['Severity', String(values['severity_level'])],
    [isList ? 'IP list' : 'Rule', String(values['rule'])],
  ];
}

function total({ total: all, duration }: FieldValues): string {
  return all === undefined ? '' : `, ${all} in ${duration} s altogether`;
}
