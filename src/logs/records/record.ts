import type { Level } from '../../events/level.ts';
import { type LogTime, logTime } from '../../time/log-time.ts';

/** A key of a record with its value. A text that is not `bare` stands in double quotes in a line. */
export type LogField = {
  readonly key: string;
  readonly value: string | number;
  readonly bare?: boolean;
};

/** A record before it has a number: what happened, and how bad it is. */
export type LogRecord = {
  /** A file in src/logs/kinds. */
  readonly kind: string;
  readonly level: Level;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly logId: string;
  /** Everything behind `type=`, in the order in which it is written. */
  readonly body: readonly LogField[];
  /** Name of the trigger policy that says who gets it, or ''. */
  readonly trigger: string;
};

/** A record as it goes to files and servers. */
export type NumberedRecord = LogRecord & {
  readonly deviceName: string;
  readonly messageId: number;
  readonly fields: readonly LogField[];
};

/** Words, numbers and addresses, which need no quotes. */
export function bare(key: string, value: string | number): LogField {
  return { key, value, bare: true };
}

/** A text that may hold anything. */
export function text(key: string, value: string): LogField {
  return { key, value };
}

/** How FortiWeb writes a level into `pri=`. */
export function priority(level: Level): LogField {
  return bare('pri', level === 'notification' ? 'notice' : level);
}

type Origin = {
  readonly deviceName: string;
  /** Serial number of the record. */
  readonly messageId: number;
  /** What a line says of time; by default in the zone of this process. */
  readonly timeOf?: (time: number) => LogTime;
};

/** The keys that every record begins with. */
export const commonKeys: readonly string[] = [
  'date',
  'time',
  'log_id',
  'msg_id',
  'device_id',
  'vd',
  'timezone',
  'type',
];

/** Gives a record its number and its common keys. */
export function numbered(record: LogRecord, { deviceName, messageId, timeOf }: Origin): NumberedRecord {
  const { date, time, zone } = (timeOf ?? logTime)(record.time);
  const fields = [
    bare('date', date),
    bare('time', time),
    bare('log_id', record.logId),
    bare('msg_id', String(messageId).padStart(12, '0')),
    bare('device_id', deviceName),
    text('vd', 'root'),
    text('timezone', zone),
    bare('type', record.kind),
    ...record.body,
  ];
  return { ...record, deviceName, messageId, fields };
}

/** Seconds, to the millisecond. */
export function seconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}
