import type { Action, PolicySnapshot, Severity } from '../policy/snapshot.ts';
import type { ViolationRecord } from '../verdict/records.ts';
import { type LogTime, logTime } from './log-time.ts';

export type AttackContext = {
  readonly deviceName: string;
  readonly policy: PolicySnapshot;
  /** Serial number of the line. */
  readonly message: number;
  /** What a line says of time; by default in the zone of this process. */
  readonly timeOf?: (time: number) => LogTime;
};

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

/** One line of the attack log, without its newline: key=value, texts in double quotes. The last seven keys are Levee's. */
export function attackRecord(
  record: ViolationRecord,
  { deviceName, policy, message, timeOf }: AttackContext,
): string {
  const { date, time, zone } = (timeOf ?? logTime)(record.time);
  const { rule, monitorMode } = policy;
  const fields: readonly (readonly [string, string | number])[] = [
    ['date', date],
    ['time', time],
    ['log_id', '20000010'],
    ['msg_id', String(message).padStart(12, '0')],
    ['device_id', deviceName],
    ['vd', quoted('root')],
    ['timezone', quoted(zone)],
    ['type', 'attack'],
    ['pri', 'alert'],
    ['main_type', quoted('DoS Protection')],
    ['sub_type', quoted('TCP Flood Prevention')],
    ['trigger_policy', quoted(rule?.triggerPolicy ?? '')],
    ['severity_level', severityNames[rule?.severity ?? 'Medium']],
    ['proto', 'tcp'],
    ['service', bare(policy.service)],
    ['action', actionNames[monitorMode ? 'alert' : (rule?.action ?? 'alert')]],
    ['policy', quoted(policy.name)],
    ['src', record.source],
    ['src_port', record.sourcePort],
    ['dst', record.destination],
    ['dst_port', record.destinationPort],
    ['msg', quoted('DoS Attack: TCP Flood Prevention Violation')],
    ['rule', quoted(rule?.name ?? '')],
    ['phase', record.phase],
    ['threshold', record.threshold],
    ['open', record.open],
    ['peak', record.peak],
    ['count', record.count],
    ['would_refuse', record.wouldRefuse],
  ];
  return fields.map(([key, value]) => `${key}=${value}`).join(' ');
}

/** A name may hold anything but most control characters: one record stays one line. */
function quoted(text: string): string {
  const escaped = text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  return `"${escaped}"`;
}

function bare(text: string): string {
  return /^[\w.:/-]+$/.test(text) ? text : quoted(text);
}
