import { type Level, levels } from '../../../events/level.ts';
import type { FieldObjection } from '../../../policy/field-objection.ts';
import { oneOf } from '../../../policy/one-of.ts';
import type { Reading, Sealed, SourceRow } from '../../../policy/reading.ts';

export type ConnectionSecurity = 'NONE' | 'STARTTLS' | 'SSL/TLS';

/** The recipients of an email policy, and how they are reached. */
export type EmailPolicy = {
  readonly id: number;
  readonly policy: number;
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

export type MailLogin = { readonly user: string; readonly password: Sealed };

const securities: readonly ConnectionSecurity[] = ['NONE', 'STARTTLS', 'SSL/TLS'];

export function emailPolicies(reading: Reading): readonly EmailPolicy[] {
  return rows(reading).map((row) => emailPolicy(reading, row));
}

export function emailObjections(reading: Reading): readonly FieldObjection[] {
  return rows(reading).flatMap((row) => loginObjections(reading, row));
}

function rows({ source }: Reading): readonly SourceRow[] {
  return source.rows('log email-policy', null);
}

function emailPolicy(reading: Reading, row: SourceRow): EmailPolicy {
  const recipients = ['mailto1', 'mailto2', 'mailto3'].map((field) => reading.text(row, field));
  const collects = reading.isEnabled(row, 'send-email-based-on-interval-time');
  const login = {
    user: reading.text(row, 'smtp-username'),
    password: reading.sealed(row, 'smtp-password'),
  };
  return {
    id: row.id,
    policy: row.id,
    name: row.key,
    from: reading.text(row, 'mailfrom'),
    to: recipients.filter((recipient) => recipient !== ''),
    server: reading.text(row, 'smtp-server'),
    port: reading.number(row, 'smtp-port'),
    login: reading.isEnabled(row, 'smtp-auth') ? login : null,
    severity: oneOf(levels, reading.text(row, 'severity')),
    interval: collects ? reading.number(row, 'interval') * 60_000 : 0,
    security: oneOf(securities, reading.text(row, 'connection-security')),
    verifyCertificate: reading.isEnabled(row, 'verify-certificate'),
  };
}

function loginObjections(reading: Reading, row: SourceRow): FieldObjection[] {
  if (!reading.isEnabled(row, 'smtp-auth')) return [];
  return ['smtp-username', 'smtp-password']
    .filter((field) => reading.text(row, field) === '')
    .map((field) => ({
      row: row.id,
      field,
      reason: `smtp-auth enable of email policy "${row.key}" needs it`,
    }));
}
