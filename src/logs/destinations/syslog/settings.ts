import { oneOf } from '../../../policy/one-of.ts';
import type { Reading, SourceRow } from '../../../policy/reading.ts';

export type SyslogServer = {
  /** Row id of the server. */
  readonly id: number;
  readonly policy: number;
  readonly policyName: string;
  readonly server: string;
  readonly port: number;
  readonly protocol: 'udp' | 'tcp' | 'tls';
  readonly format: 'default' | 'cef' | 'csv' | 'json';
  readonly verifyCertificate: boolean;
};

const protocols: readonly SyslogServer['protocol'][] = ['udp', 'tcp', 'tls'];
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
    verifyCertificate: reading.isEnabled(row, 'verify-certificate'),
  }));
}
