import { compileHealth } from './health.ts';
import { oneOf } from './one-of.ts';
import type { Reading, SourceRow } from './reading.ts';
import type { MemberSnapshot, MemberStatus, PolicySnapshot } from './snapshot.ts';

const statuses: readonly MemberStatus[] = ['enable', 'maintain', 'disable'];
const versions = ['v1', 'v2'] as const;

/** How the pool of a policy is balanced. */
export function compileBalance(reading: Reading, policy: SourceRow): string {
  const pool = reading.target(policy, 'server-pool');
  return pool === undefined ? 'round-robin' : reading.text(pool, 'lb-algo');
}

/** The members that a policy relays to: all of the pool, or with `server-balance disable` the first one alone. */
export function compileMembers(
  reading: Reading,
  policy: SourceRow,
): Pick<PolicySnapshot, 'members' | 'membersLeftOut'> {
  const pool = reading.target(policy, 'server-pool');
  if (pool === undefined) return { members: [], membersLeftOut: 0 };
  const rows = reading.source.rows('server-policy server-pool pserver-list', pool.id);
  const used = reading.isEnabled(pool, 'server-balance') ? rows : rows.slice(0, 1);
  return {
    members: used.map((row) => compileMember(reading, pool, row)),
    membersLeftOut: rows.length - used.length,
  };
}

function compileMember(reading: Reading, pool: SourceRow, row: SourceRow): MemberSnapshot {
  const isNamed = reading.text(row, 'server-type') === 'domain';
  return {
    id: row.id,
    pool: pool.key,
    number: Number(row.key),
    address: isNamed ? '' : reading.text(row, 'ip'),
    domain: isNamed ? reading.text(row, 'domain') : '',
    port: reading.number(row, 'port'),
    status: oneOf(statuses, reading.text(row, 'status')),
    weight: reading.number(row, 'weight'),
    backup: reading.isEnabled(row, 'backup-server'),
    connectionLimit: reading.number(row, 'conn-limit'),
    recover: reading.number(row, 'recover'),
    warmUp: reading.number(row, 'warm-up'),
    warmRate: reading.number(row, 'warm-rate'),
    proxyProtocol: reading.isEnabled(row, 'proxy-protocol')
      ? oneOf(versions, reading.text(row, 'proxy-protocol-version'))
      : null,
    health: compileHealth(reading, pool, row),
  };
}
