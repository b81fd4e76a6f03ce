import { type PolicySnapshot, serviceAt } from '../../policy/snapshot.ts';
import { counted } from '../../text/plural.ts';
import type { TrafficCause, TrafficRecord } from '../../verdict/judge/records.ts';
import { bare, type LogRecord, priority, seconds, text } from '../records/record.ts';
import { keyColumn, type RecordKind, timeColumn } from '../records/record-kind.ts';

const messages: Record<TrafficCause, string> = {
  finished: 'both sides have closed',
  'client-reset': 'the client has reset it',
  'member-reset': 'the server has reset it',
  'no-member': 'no server took it',
  idle: 'nothing came for too long',
  'no-memory': 'there was no room for what waits',
  cut: 'it was closed by Levee',
  script: 'a script has ended it',
};

const keys: readonly string[] = [
  'subtype',
  'pri',
  'proto',
  'service',
  'status',
  'reason',
  'policy',
  'original_src',
  'src',
  'src_port',
  'dst',
  'dst_port',
  'server',
  'server_port',
  'msg',
  'received',
  'sent',
  'duration',
];

/** A record of the traffic log: a connection that has ended. The last three keys are Levee's; `duration` in seconds. */
export function trafficRecord(record: TrafficRecord, policy: PolicySnapshot): LogRecord {
  const { cause } = record;
  const body = [
    text('subtype', 'tcp'),
    priority('notification'),
    bare('proto', 'tcp'),
    bare('service', serviceAt(policy, record.destinationPort)),
    bare('status', cause === 'finished' ? 'success' : 'failure'),
    bare('reason', cause === 'finished' ? 'none' : cause),
    text('policy', policy.name),
    bare('original_src', record.peer),
    bare('src', record.source),
    bare('src_port', record.sourcePort),
    bare('dst', record.destination),
    bare('dst_port', record.destinationPort),
    ...(record.member === '' ? [] : [bare('server', record.member), bare('server_port', record.memberPort)]),
    text('msg', `TCP connection from ${record.source}: ${messages[cause]}`),
    bare('received', record.received),
    bare('sent', record.sent),
    bare('duration', seconds(record.duration)),
  ];
  return {
    kind: 'traffic',
    level: 'notification',
    time: record.time,
    logId: '30001000',
    body,
    trigger: '',
  };
}

export default {
  help: 'Connections that have ended, with "config log traffic-log"',
  keys,
  columns: [
    timeColumn,
    keyColumn('source', 'src', 15),
    keyColumn('policy', 'policy', 12),
    keyColumn('server', 'server', 15),
    keyColumn('status', 'status', 7),
    keyColumn('reason', 'reason', 12),
    keyColumn('received', 'received', 8),
    keyColumn('sent', 'sent', 8),
    keyColumn('seconds', 'duration', 7),
  ],
  isAlert: false,
  // What was let through gives way to what was not, never the other way round.
  makesRoom: true,
  mail: {
    summary: ({ length }) => counted(length, 'connection'),
    headline: ({ msg }) => String(msg),
    rows: ({ policy, reason, received, sent, duration }) => [
      ['Policy', String(policy)],
      ['Reason', String(reason)],
      ['Bytes', `${received} received, ${sent} sent`],
      ['Duration', `${duration} s`],
    ],
  },
} satisfies RecordKind;
