import { isIPv6 } from 'node:net';
import { levelNumber } from '../../../events/level.ts';
import { oneLine } from '../../../text/harmless.ts';
import type { LogField, NumberedRecord } from '../../records/record.ts';

/** Keys of the Common Event Format (version 0) for ours. What it has no key for gets `levee` before our name. */
const keys: Readonly<Record<string, string>> = {
  msg_id: 'externalId',
  device_id: 'dvchost',
  type: 'cat',
  proto: 'proto',
  service: 'app',
  action: 'act',
  status: 'outcome',
  reason: 'reason',
  user: 'suser',
  src: 'src',
  src_port: 'spt',
  dst: 'dst',
  dst_port: 'dpt',
  msg: 'msg',
  count: 'cnt',
  received: 'in',
  sent: 'out',
};

/** `rt` says it all. */
const left: ReadonlySet<string> = new Set(['date', 'time', 'timezone', 'log_id', 'vd', 'pri']);

/** The keys `src` and `dst` are for IPv4 alone. */
const longAddresses: Readonly<Record<string, readonly [string, string]>> = {
  src: ['c6a2', 'Source IPv6 Address'],
  dst: ['c6a3', 'Destination IPv6 Address'],
};

/** A record in ArcSight's Common Event Format. */
export function cef({ kind, level, time, logId, fields }: NumberedRecord): string {
  const name = fields.find(({ key }) => key === 'msg')?.value ?? kind;
  const header = ['CEF:0', 'Levee', 'Levee', '1', logId, String(name), String(severity(level))];
  const extension = [`rt=${Math.floor(time)}`, ...fields.flatMap(pairs)].join(' ');
  return `${header.map(headerText).join('|')}|${extension}`;
}

/** 0 to 10, where 10 is the worst. */
function severity(level: NumberedRecord['level']): number {
  return [10, 9, 8, 7, 5, 3, 2, 0][levelNumber(level)] ?? 0;
}

function pairs({ key, value }: LogField): string[] {
  if (left.has(key) || value === '') return [];
  const long = longAddresses[key];
  if (long !== undefined && typeof value === 'string' && isIPv6(value)) {
    return [`${long[0]}=${value}`, `${long[0]}Label=${long[1]}`];
  }
  const name =
    keys[key] ?? `levee${key.replace(/(?:^|_)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())}`;
  return [`${name}=${extensionText(String(value))}`];
}

function headerText(text: string): string {
  return oneLine(text.replace(/[\\|]/g, '\\$&'));
}

function extensionText(text: string): string {
  return oneLine(text.replace(/[\\=]/g, '\\$&'));
}
