import { levelNumber } from '../../../events/level.ts';
import type { NumberedRecord } from '../../records/record.ts';
import { formats } from './formats.ts';
import type { SyslogServer } from './settings.ts';

/** local7, as FortiWeb sends. */
const facility = 23;

/** A record as a message of RFC 5424, without framing: its kind is the MSGID, its priority that of the record. */
export function syslogMessage(record: NumberedRecord, format: SyslogServer['format']): Buffer {
  const { level, time, deviceName, kind } = record;
  const priority = facility * 8 + levelNumber(level);
  const header = `<${priority}>1 ${new Date(time).toISOString()} ${deviceName || '-'} levee - ${kind} -`;
  return Buffer.from(`${header} ${formats[format](record)}`, 'utf8');
}

/** With its length in front, as it goes over a connection (octet counting: RFC 6587, 3.4.1; RFC 5425). */
export function framed(message: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${message.length} `, 'latin1'), message]);
}
