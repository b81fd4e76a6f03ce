import type { LogSeverity } from '../../policy/logging.ts';
import { eventMessage } from './event-message.ts';
import type { Event } from './events.ts';
import { bare, type LogField, type LogRecord, priority, text } from './record.ts';

type Traits = {
  readonly id: string;
  readonly level: LogSeverity;
  readonly subtype: 'admin' | 'system';
  readonly action: string;
  readonly success: boolean;
};

const traits: Readonly<Record<Event['type'], Traits>> = {
  started: trait('10000001', 'notification', 'system', 'start'),
  stopped: trait('10000002', 'notification', 'system', 'stop'),
  'configuration-changed': trait('10000010', 'notification', 'admin', 'edit'),
  'configuration-changed-more': trait('10000011', 'notification', 'admin', 'edit'),
  reloaded: trait('10000012', 'information', 'system', 'reload'),
  login: trait('10000017', 'information', 'admin', 'login'),
  'login-refused': trait('10000018', 'warning', 'admin', 'login', false),
  logout: trait('10000019', 'information', 'admin', 'logout'),
  'block-lifted': trait('10000020', 'notification', 'admin', 'unblock'),
  'listener-failed': trait('11000001', 'alert', 'system', 'listen', false),
  'listener-recovered': trait('11000002', 'notification', 'system', 'listen'),
  'member-down': trait('11000003', 'error', 'system', 'health-check', false),
  'member-up': trait('11000004', 'notification', 'system', 'health-check'),
  'no-member': trait('11000005', 'alert', 'system', 'choose-server', false),
  'member-available': trait('11000006', 'notification', 'system', 'choose-server'),
  'check-refused': trait('11000017', 'warning', 'system', 'health-check', false),
  'name-failed': trait('11000018', 'error', 'system', 'resolve', false),
  'name-changed': trait('11000019', 'notification', 'system', 'resolve'),
  'worker-ended': trait('11000007', 'critical', 'system', 'worker', false),
  'descriptors-exhausted': trait('11000008', 'alert', 'system', 'check-resource', false),
  'sources-table-full': trait('11000009', 'alert', 'system', 'check-resource', false),
  'proxy-header-refused': trait('11000010', 'warning', 'system', 'proxy-protocol', false),
  'script-failed': trait('11000011', 'error', 'system', 'script', false),
  'script-said': trait('11000020', 'information', 'system', 'script'),
  'script-switched-off': trait('11000021', 'alert', 'system', 'script', false),
  'script-notice': trait('11000022', 'warning', 'system', 'script', false),
  'blocks-not-kept': trait('11000023', 'error', 'system', 'block', false),
  'records-dropped': trait('11000012', 'error', 'system', 'log', false),
  'records-lost': trait('11000024', 'error', 'system', 'log', false),
  'records-sent-again': trait('11000013', 'notification', 'system', 'log'),
  'log-file-failed': trait('11000014', 'alert', 'system', 'log', false),
  'log-file-written': trait('11000015', 'notification', 'system', 'log'),
  'log-file-removed': trait('11000016', 'warning', 'system', 'log'),
};

function trait(
  id: string,
  level: LogSeverity,
  subtype: Traits['subtype'],
  action: string,
  success = true,
): Traits {
  return { id, level, subtype, action, success };
}

/** A record of the event log. `trigger`: name of the trigger policy of events, or ''. */
export function eventRecord(event: Event, time: number, trigger: string): LogRecord {
  const { id, level: standard, subtype, action, success } = traits[event.type];
  const level = levelOf(event) ?? standard;
  const body = [
    text('subtype', subtype),
    priority(level),
    text('trigger_policy', trigger),
    text('user', 'user' in event ? event.user : 'daemon'),
    text('ui', 'ui' in event ? event.ui : 'daemon'),
    bare('action', actionOf(event) ?? action),
    bare('status', success ? 'success' : 'failure'),
    text('msg', eventMessage(event)),
    ...details(event),
  ];
  return { kind: 'event', level, time, logId: id, body: body.map(shortened), trigger };
}

/** Longer texts, such as the reasons of a thousand listeners, are cut: a record must fit into a datagram. */
const longest = 2000;

function shortened(field: LogField): LogField {
  const { value } = field;
  if (typeof value === 'number' || value.length <= longest) return field;
  // A character of two halves may be cut in the middle.
  return { ...field, value: `${value.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…` };
}

function levelOf(event: Event): LogSeverity | undefined {
  if (event.type === 'login-refused' && event.lockedOut) return 'alert';
  if (event.type === 'script-said' && event.isDebug) return 'debug';
  return event.type === 'reloaded' && event.failures.length > 0 ? 'error' : undefined;
}

const changeActions = {
  created: 'add',
  changed: 'edit',
  deleted: 'delete',
  renamed: 'rename',
  moved: 'move',
} as const;

function actionOf(event: Event): string | undefined {
  return event.type === 'configuration-changed' ? changeActions[event.change] : undefined;
}

/** What of an event a program wants apart from its text. These keys are Levee's. */
function details(event: Event): LogField[] {
  switch (event.type) {
    case 'configuration-changed':
      return [
        bare('revision', event.revision),
        text('cfgpath', event.path),
        text('cfgobj', event.keys.join(' / ')),
        ...(event.field === null
          ? []
          : [text('cfgattr', event.field), text('old', event.old), text('new', event.new)]),
      ];
    case 'configuration-changed-more':
      return [bare('revision', event.revision), bare('count', event.changes)];
    case 'started':
    case 'reloaded':
      return [bare('revision', event.revision)];
    case 'login-refused':
      return [text('reason', event.reason)];
    case 'block-lifted':
      return [text('policy', event.policy), bare('src', event.source)];
    case 'listener-failed':
    case 'listener-recovered':
      return [text('policy', event.policy), text('endpoint', event.endpoint)];
    case 'member-down':
    case 'member-up':
      return [text('pool', event.pool), text('server', event.member)];
    case 'no-member':
      return [text('policy', event.policy)];
    case 'member-available':
      return [text('policy', event.policy), bare('refused', event.clients)];
    case 'name-failed':
      return [text('server', event.name)];
    case 'name-changed':
      return [text('server', event.name), bare('address', event.address)];
    case 'worker-ended':
      return [bare('worker', event.worker), bare('connections', event.connections)];
    case 'descriptors-exhausted':
      return [bare('worker', event.worker), bare('refused', event.refused)];
    case 'proxy-header-refused':
      return [text('policy', event.policy), bare('src', event.peer), bare('refused', event.refused)];
    case 'script-failed':
      return [text('policy', event.policy), text('script', event.script), bare('line', event.line)];
    case 'script-said':
      return [text('policy', event.policy), text('script', event.script), bare('occasion', event.occasion)];
    case 'script-switched-off':
      return [text('policy', event.policy), text('script', event.script)];
    case 'script-notice':
      return [text('policy', event.policy)];
    case 'records-dropped':
      return [text('target', event.target)];
    case 'records-lost':
    case 'records-sent-again':
      return [text('target', event.target), bare('dropped', event.dropped)];
    case 'log-file-written':
      return [text('file', event.file), bare('dropped', event.lost)];
    case 'log-file-failed':
    case 'log-file-removed':
      return [text('file', event.file)];
    case 'check-refused':
    case 'sources-table-full':
    case 'blocks-not-kept':
    case 'stopped':
    case 'login':
    case 'logout':
      return [];
  }
}
