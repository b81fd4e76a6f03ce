import type { Catalogue } from '../../schemas/catalogue.ts';
import { type Level, levels } from '../events/level.ts';
import { type ConfigurationSource, Reading, type SourceRow } from './reading.ts';
import { word } from './words.ts';

/** What is recorded, and where records go. Plain data. */
export type LoggingSettings = {
  readonly deviceName: string;
  /** Milliseconds between two lines of an episode that goes on (`max-dos-alert-interval`). */
  readonly reportInterval: number;
  readonly disk: DiskSettings;
  readonly attackLog: boolean;
  readonly eventLog: boolean;
  readonly trafficLog: boolean;
  /** Name of the trigger policy of events, or ''. */
  readonly eventTrigger: string;
  /** Row id of the email policy that gets every record that is severe enough; null = none. */
  readonly alertMail: number | null;
  /** By name, as rules and lists give them. */
  readonly triggers: ReadonlyMap<string, Trigger>;
  readonly emailPolicies: readonly EmailPolicy[];
  readonly syslogServers: readonly SyslogServer[];
};

export type DiskSettings = {
  readonly enabled: boolean;
  readonly severity: Level;
  readonly whenFull: 'overwrite' | 'nolog';
  /** Bytes. */
  readonly fileSize: number;
  /** Files of each log that are kept aside. */
  readonly files: number;
};

/** Where a record goes: row ids of an email policy and of a syslog policy. */
export type Trigger = { readonly emailPolicy: number | null; readonly syslogPolicy: number | null };

export type ConnectionSecurity = 'NONE' | 'STARTTLS' | 'SSL/TLS';

export type EmailPolicy = {
  /** Row id: what a policy is, whatever it is called. */
  readonly id: number;
  readonly name: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly server: string;
  readonly port: number;
  readonly login: MailLogin | null;
  readonly severity: Level;
  /** Milliseconds that records are collected for one mail; 0 = it is sent at once. */
  readonly interval: number;
  readonly security: ConnectionSecurity;
  readonly verifyCertificate: boolean;
};

/** `sealedPassword`: as the store keeps it; the SecretKey of src/access opens it. '' = none is set. */
export type MailLogin = { readonly user: string; readonly sealedPassword: string };

export type SyslogServer = {
  /** Row id of the server, and of its policy. */
  readonly id: number;
  readonly policy: number;
  readonly policyName: string;
  readonly server: string;
  readonly port: number;
  readonly protocol: 'udp' | 'tcp' | 'tls';
  readonly format: 'default' | 'cef' | 'csv' | 'json';
  readonly verifyCertificate: boolean;
};

const whenFull: readonly DiskSettings['whenFull'][] = ['overwrite', 'nolog'];
const securities: readonly ConnectionSecurity[] = ['NONE', 'STARTTLS', 'SSL/TLS'];
const protocols: readonly SyslogServer['protocol'][] = ['udp', 'tcp', 'tls'];
const formats: readonly SyslogServer['format'][] = ['default', 'cef', 'csv', 'json'];

/** What is missing in the logging part of a configuration. */
export type LoggingObjection = { readonly row: number; readonly field: string; readonly reason: string };

export type CompiledLogging = {
  readonly settings: LoggingSettings;
  readonly objections: readonly LoggingObjection[];
};

export function compileLogging(catalogue: Catalogue, source: ConfigurationSource): CompiledLogging {
  const reading = new Reading(catalogue, source);
  const rows = (table: string): readonly SourceRow[] => source.rows(table, null);
  const emailRows = rows('log email-policy');
  const events = reading.singleton('log event-log');
  const alertMail = reading.singleton('log alertMail');
  const advanced = reading.singleton('system advanced');
  const settings: LoggingSettings = {
    deviceName: reading.text(reading.singleton('system global'), 'hostname'),
    reportInterval: reading.number(advanced, 'max-dos-alert-interval') * 1000,
    disk: diskSettings(reading),
    attackLog: reading.isEnabled(reading.singleton('log attack-log'), 'status'),
    eventLog: reading.isEnabled(events, 'status'),
    trafficLog: isTrafficLogged(reading),
    eventTrigger: reading.target(events, 'trigger-policy')?.key ?? '',
    alertMail: reading.isEnabled(alertMail, 'status')
      ? (reading.target(alertMail, 'email-policy')?.id ?? null)
      : null,
    triggers: new Map(rows('log trigger-policy').map((row) => [row.key, trigger(reading, row)])),
    emailPolicies: emailRows.map((row) => emailPolicy(reading, row)),
    syslogServers: rows('log syslog-policy').flatMap((row) => syslogServers(reading, row)),
  };
  const objections = [
    ...(reading.isEnabled(alertMail, 'status') && settings.alertMail === null
      ? [{ row: alertMail.id, field: 'email-policy', reason: 'alertMail with status enable needs one' }]
      : []),
    ...emailRows.flatMap((row) => loginObjections(reading, row)),
  ];
  return { settings, objections };
}

/** Whether workers report each connection that has ended. */
export function isTrafficLogged(reading: Reading): boolean {
  return reading.isEnabled(reading.singleton('log traffic-log'), 'status');
}

function diskSettings(reading: Reading): DiskSettings {
  const row = reading.singleton('log disk');
  return {
    enabled: reading.isEnabled(row, 'status'),
    severity: word(levels, reading.text(row, 'severity')),
    whenFull: word(whenFull, reading.text(row, 'diskfull')),
    fileSize: reading.number(row, 'max-log-file-size') * 1024 * 1024,
    files: reading.number(row, 'max-log-files'),
  };
}

function trigger(reading: Reading, row: SourceRow): Trigger {
  return {
    emailPolicy: reading.target(row, 'email-policy')?.id ?? null,
    syslogPolicy: reading.target(row, 'syslog-policy')?.id ?? null,
  };
}

function emailPolicy(reading: Reading, row: SourceRow): EmailPolicy {
  const recipients = ['mailto1', 'mailto2', 'mailto3'].map((field) => reading.text(row, field));
  const collects = reading.isEnabled(row, 'send-email-based-on-interval-time');
  const login = {
    user: reading.text(row, 'smtp-username'),
    sealedPassword: reading.text(row, 'smtp-password'),
  };
  return {
    id: row.id,
    name: row.key,
    from: reading.text(row, 'mailfrom'),
    to: recipients.filter((recipient) => recipient !== ''),
    server: reading.text(row, 'smtp-server'),
    port: reading.number(row, 'smtp-port'),
    login: reading.isEnabled(row, 'smtp-auth') ? login : null,
    severity: word(levels, reading.text(row, 'severity')),
    interval: collects ? reading.number(row, 'interval') * 60_000 : 0,
    security: word(securities, reading.text(row, 'connection-security')),
    verifyCertificate: reading.isEnabled(row, 'verify-certificate'),
  };
}

function loginObjections(reading: Reading, row: SourceRow): LoggingObjection[] {
  if (!reading.isEnabled(row, 'smtp-auth')) return [];
  return ['smtp-username', 'smtp-password']
    .filter((field) => reading.text(row, field) === '')
    .map((field) => ({
      row: row.id,
      field,
      reason: `smtp-auth enable of email policy "${row.key}" needs it`,
    }));
}

function syslogServers(reading: Reading, policy: SourceRow): SyslogServer[] {
  return reading.source.rows('log syslog-policy syslog-server-list', policy.id).map((row) => ({
    id: row.id,
    policy: policy.id,
    policyName: policy.key,
    server: reading.text(row, 'server'),
    port: reading.number(row, 'port'),
    protocol: word(protocols, reading.text(row, 'proto')),
    format: word(formats, reading.text(row, 'format')),
    verifyCertificate: reading.isEnabled(row, 'verify-certificate'),
  }));
}
