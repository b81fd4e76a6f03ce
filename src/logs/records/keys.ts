import { detailKeys } from '../../events/events.ts';

const common = [
  'date',
  'time',
  'log_id',
  'msg_id',
  'device_id',
  'vd',
  'timezone',
  'type',
  'pri',
  'msg',
  'action',
  'status',
  'policy',
] as const;

const addresses = ['proto', 'service', 'src', 'src_port', 'dst', 'dst_port'] as const;

const attack = [
  'main_type',
  'sub_type',
  'trigger_policy',
  'severity_level',
  'rule',
  'phase',
  'threshold',
  'open',
  'peak',
  'count',
  'would_refuse',
  'silent',
  'total',
  'duration',
  'sources',
] as const;

const event = ['subtype', 'trigger_policy', 'user', 'ui', ...detailKeys] as const;

const traffic = ['subtype', 'reason', 'original_src', 'server', 'server_port', 'received', 'sent'] as const;

/** Every key that a record can have. */
export const logKeys: readonly string[] = [
  ...new Set<string>([...common, ...addresses, ...attack, ...event, ...traffic]),
];
