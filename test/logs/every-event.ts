import type { Event } from '../../src/logs/events.ts';

const actor = { user: 'admin', ui: 'console' };

/** An event of each type. */
const events: { readonly [Type in Event['type']]: Extract<Event, { readonly type: Type }> } = {
  started: { type: 'started', revision: 3, workers: 2 },
  stopped: { type: 'stopped' },
  'configuration-changed': {
    ...actor,
    type: 'configuration-changed',
    revision: 4,
    path: 'system vip',
    keys: ['front'],
    change: 'changed',
    field: 'vip',
    old: '192.0.2.1/32',
    new: '192.0.2.2/32',
  },
  'configuration-changed-more': { ...actor, type: 'configuration-changed-more', revision: 4, changes: 800 },
  reloaded: { type: 'reloaded', revision: 4, failures: ['one thing', 'another'] },
  login: { ...actor, type: 'login' },
  'login-refused': { ...actor, type: 'login-refused', reason: 'wrong password', lockedOut: true },
  logout: { ...actor, type: 'logout' },
  'block-lifted': { ...actor, type: 'block-lifted', policy: 'web', source: '203.0.113.7' },
  'listener-failed': { type: 'listener-failed', policy: 'web', endpoint: '[::1]:80', reason: 'in use' },
  'listener-recovered': { type: 'listener-recovered', policy: 'web', endpoint: '[::1]:80' },
  'member-down': { type: 'member-down', pool: 'servers', member: '10.0.0.1:80', reason: 'refused' },
  'member-up': { type: 'member-up', pool: 'servers', member: '10.0.0.1:80' },
  'no-member': { type: 'no-member', policy: 'web', reason: 'all are down' },
  'member-available': { type: 'member-available', policy: 'web', clients: 12 },
  'check-refused': { type: 'check-refused', check: 'icmp', reason: 'not permitted' },
  'name-failed': { type: 'name-failed', name: 'a.example.com', reason: 'not found' },
  'name-changed': { type: 'name-changed', name: 'a.example.com', address: '192.0.2.9' },
  'worker-ended': { type: 'worker-ended', worker: 1, cause: 'out of memory', connections: 1 },
  'descriptors-exhausted': { type: 'descriptors-exhausted', worker: 1, refused: 1, limit: 1024 },
  'sources-table-full': { type: 'sources-table-full', admits: true, capacity: 1024 },
  'proxy-header-refused': {
    type: 'proxy-header-refused',
    policy: 'web',
    peer: '192.0.2.1',
    reason: 'no header',
    refused: 3,
  },
  'script-failed': { type: 'script-failed', policy: 'web', script: 'guard', line: 3, reason: 'nil' },
  'script-said': {
    type: 'script-said',
    policy: 'web',
    script: 'guard',
    occasion: 'TCP_ACCEPTED',
    isDebug: false,
    message: 'hello "world"',
  },
  'script-switched-off': {
    type: 'script-switched-off',
    policy: 'web',
    script: 'guard',
    reason: 'the script is switched off: 100 failures in a row in TCP_ACCEPTED',
  },
  'script-notice': { type: 'script-notice', policy: 'web', reason: '7 more lines of scripts' },
  'blocks-not-kept': { type: 'blocks-not-kept', reason: 'the disk is full' },
  'records-dropped': { type: 'records-dropped', target: 'syslog', reason: 'timed out' },
  'records-sent-again': { type: 'records-sent-again', target: 'syslog', dropped: 7 },
  'log-file-failed': { type: 'log-file-failed', file: 'attack.log', reason: 'the disk is full' },
  'log-file-written': { type: 'log-file-written', file: 'attack.log', lost: 7 },
  'log-file-removed': { type: 'log-file-removed', file: 'attack.log.4' },
};

export const everyEvent: readonly Event[] = Object.values(events);
