import type { Value } from '../../events/descriptor.ts';
import { describe, detailKeys, type Event } from '../../events/events.ts';
import { counted } from '../../text/plural.ts';
import type { FieldValues } from '../records/key-value-line.ts';
import {
  bare,
  type LogField,
  type LogRecord,
  type NumberedRecord,
  priority,
  text,
} from '../records/record.ts';
import { keyColumn, type MailRow, type RecordKind, timeColumn } from '../records/record-kind.ts';

const keys: readonly string[] = [
  'subtype',
  'pri',
  'trigger_policy',
  'user',
  'ui',
  'action',
  'status',
  'msg',
  ...detailKeys,
];

/** A record of the event log. `trigger`: name of the trigger policy of events, or ''. */
export function eventRecord(event: Event, time: number, trigger: string): LogRecord {
  const { id, level, actor, action, isFailure, text: message, details } = describe(event);
  const body = [
    text('subtype', actor === null ? 'system' : 'admin'),
    priority(level),
    text('trigger_policy', trigger),
    text('user', actor?.user ?? 'daemon'),
    text('ui', actor?.ui ?? 'daemon'),
    bare('action', action),
    bare('status', isFailure ? 'failure' : 'success'),
    text('msg', message),
    ...details.map(([key, value]) => detailField(key, value)),
  ];
  return { kind: 'event', level, time, logId: id, body: body.map(shortened), trigger };
}

function detailField(key: string, value: Value): LogField {
  if (typeof value === 'string') return text(key, value);
  return bare(key, typeof value === 'number' ? value : value.word);
}

/** Longer texts, such as the reasons of a thousand listeners, are cut: a record must fit into a datagram. */
const longest = 2000;

function shortened(field: LogField): LogField {
  const { value } = field;
  if (typeof value === 'number' || value.length <= longest) return field;
  // A character of two halves may be cut in the middle.
  return { ...field, value: `${value.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…` };
}

export default {
  help: 'Changes, logins, and what happens to listeners, servers and Levee itself',
  keys,
  columns: [
    timeColumn,
    keyColumn('level', 'pri', 12),
    keyColumn('user', 'user', 8),
    keyColumn('message', 'msg', 0),
  ],
  isAlert: true,
  makesRoom: false,
  mail: {
    summary: ({ length }) => counted(length, 'event'),
    headline: ({ msg }) => String(msg),
    rows: mailRows,
  },
} satisfies RecordKind;

function mailRows(values: FieldValues, { level }: NumberedRecord): readonly MailRow[] {
  const { user, ui, old, new: now, cfgattr } = values;
  return [
    ['Level', level],
    ...(user === 'daemon' ? [] : [['User', `${user} (${ui})`] as const]),
    ...(cfgattr === undefined ? [] : [['Field', `${cfgattr}: "${old}" is now "${now}"`] as const]),
  ];
}
