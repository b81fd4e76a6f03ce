import { facilities } from '../../../events/facilities.ts';
import { levelNumber } from '../../../events/level.ts';
import type { NumberedRecord } from '../../records/record.ts';
import { formats } from './formats.ts';
import type { SyslogServer } from './settings.ts';

type Form = Pick<SyslogServer, 'format' | 'header' | 'facility'>;

/** A record as a message, without framing; its priority is that of the record. */
export function syslogMessage(record: NumberedRecord, { format, header, facility }: Form): Buffer {
  const priority = facilities.indexOf(facility) * 8 + levelNumber(record.level);
  return Buffer.from(`<${priority}>${headers[header](record)} ${formats[format](record)}`, 'utf8');
}

const headers: Readonly<Record<SyslogServer['header'], (record: NumberedRecord) => string>> = {
  /** RFC 5424: the kind of record is its MSGID. */
  rfc5424: ({ time, deviceName, kind }) =>
    `1 ${new Date(time).toISOString()} ${deviceName || '-'} levee - ${kind} -`,
  /** RFC 3164, 4.1: the day has a blank where it has one digit. */
  rfc3164: ({ time, deviceName }) => {
    const at = new Date(time);
    const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) =>
      String(part).padStart(2, '0'),
    );
    const day = String(at.getDate()).padStart(2);
    return `${months[at.getMonth()]} ${day} ${clock.join(':')} ${deviceName || '-'} levee:`;
  },
};

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** As it goes over a connection. No message holds a newline. */
export function framed(message: Buffer, framing: SyslogServer['framing']): Buffer {
  return framing === 'newline'
    ? Buffer.concat([message, newline])
    : Buffer.concat([Buffer.from(`${message.length} `, 'latin1'), message]);
}

const newline = Buffer.of(10);
