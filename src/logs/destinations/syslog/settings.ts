import type { FieldObjection } from '../../../policy/field-objection.ts';
import { oneOf } from '../../../policy/one-of.ts';
import type { Reading, Sealed, SourceRow } from '../../../policy/reading.ts';

export type SyslogServer = {
  /** Row id of the server. */
  readonly id: number;
  readonly policy: number;
  readonly policyName: string;
  readonly server: string;
  readonly port: number;
  readonly protocol: 'udp' | 'tcp' | 'tls';
  readonly format: 'default' | 'cef' | 'csv' | 'json';
  readonly framing: 'octet-counting' | 'newline';
  readonly header: 'rfc5424' | 'rfc3164';
  readonly facility: string;
  /** In PEM; '': those that the machine trusts. */
  readonly authorities: string;
  readonly verifyCertificate: boolean;
  /** What Levee shows of itself; null: nothing. */
  readonly identity: { readonly certificate: string; readonly key: Sealed } | null;
};

const protocols: readonly SyslogServer['protocol'][] = ['udp', 'tcp', 'tls'];
const framings: readonly SyslogServer['framing'][] = ['octet-counting', 'newline'];
const headers: readonly SyslogServer['header'][] = ['rfc5424', 'rfc3164'];
const formats: readonly SyslogServer['format'][] = ['default', 'cef', 'csv', 'json'];

/** The servers of all syslog policies. */
export function syslogServers(reading: Reading): readonly SyslogServer[] {
  return reading.source.rows('log syslog-policy', null).flatMap((policy) => serversOf(reading, policy));
}

function serversOf(reading: Reading, policy: SourceRow): SyslogServer[] {
  return reading.source.rows('log syslog-policy syslog-server-list', policy.id).map((row) => ({
    id: row.id,
    policy: policy.id,
    policyName: policy.key,
    server: reading.text(row, 'server'),
    port: reading.number(row, 'port'),
    protocol: oneOf(protocols, reading.text(row, 'proto')),
    format: oneOf(formats, reading.text(row, 'format')),
    framing: oneOf(framings, reading.text(row, 'framing')),
    header: oneOf(headers, reading.text(row, 'header')),
    facility: reading.text(row, 'facility'),
    authorities: reading.text(row, 'ca'),
    verifyCertificate: reading.isEnabled(row, 'verify-certificate'),
    identity: identityOf(reading, row),
  }));
}

function identityOf(reading: Reading, row: SourceRow): SyslogServer['identity'] {
  const certificate = reading.text(row, 'certificate');
  return certificate === '' ? null : { certificate, key: reading.sealed(row, 'private-key') };
}

/** A certificate without its key, or the other way round, shows nothing. */
export function syslogObjections(reading: Reading): readonly FieldObjection[] {
  return reading.source.rows('log syslog-policy', null).flatMap((policy) =>
    reading.source.rows('log syslog-policy syslog-server-list', policy.id).flatMap((row) => {
      const missing = ['certificate', 'private-key'].filter((field) => reading.text(row, field) === '');
      const [field, ...more] = missing;
      if (field === undefined || more.length > 0) return [];
      const other = field === 'certificate' ? 'private-key' : 'certificate';
      return [{ row: row.id, field, reason: `${other} of syslog policy "${policy.key}" needs it` }];
    }),
  );
}
