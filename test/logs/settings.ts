import type { EmailPolicy } from '../../src/logs/destinations/email/settings.ts';
import type { SyslogServer } from '../../src/logs/destinations/syslog/settings.ts';
import type { LoggingSettings } from '../../src/logs/settings/settings.ts';

/** What holds where nothing is configured. */
export const settings: LoggingSettings = {
  deviceName: 'Levee',
  reportInterval: 180_000,
  disk: {
    enabled: true,
    severity: 'information',
    whenFull: 'overwrite',
    fileSize: 100 * 1024 * 1024,
    files: 4,
  },
  written: new Set(['attack', 'event']),
  eventTrigger: '',
  alertMail: null,
  triggers: new Map(),
  destinations: new Map([
    ['email', []],
    ['syslog', []],
  ]),
};

/** Where every kind of record is written. */
export const allWritten = new Set(['attack', 'event', 'traffic']);

export function syslogServer(changed: Partial<SyslogServer>): SyslogServer {
  return {
    id: 11,
    policy: 10,
    policyName: 'SIEM',
    server: '127.0.0.1',
    port: 514,
    protocol: 'udp',
    format: 'default',
    framing: 'octet-counting',
    header: 'rfc5424',
    facility: 'local7',
    authorities: '',
    verifyCertificate: true,
    identity: null,
    ...changed,
  };
}

export function emailPolicy(changed: Partial<EmailPolicy>): EmailPolicy {
  return {
    id: 20,
    policy: 20,
    name: 'On call',
    from: 'levee@example.com',
    to: ['oncall@example.com'],
    server: '127.0.0.1',
    port: 25,
    login: null,
    severity: 'alert',
    interval: 0,
    security: 'NONE',
    verifyCertificate: true,
    ...changed,
  };
}
