import type { Reading, SourceRow } from './reading.ts';
import type { Balance, MemberSnapshot, MemberStatus } from './snapshot.ts';

/** How the pool of a policy is balanced. */
export function compileBalance(_reading: Reading, _policy: SourceRow): Balance {
  return 'round-robin';
}

/** The members that a policy relays to: all in turn, or with `server-balance disable` the first one alone. */
export function compileMembers(reading: Reading, policy: SourceRow): MemberSnapshot[] {
  const pool = reading.target(policy, 'server-pool');
  if (pool === undefined) return [];
  const rows = reading.source.rows('server-policy server-pool pserver-list', pool.id);
  const used = reading.isEnabled(pool, 'server-balance') ? rows : rows.slice(0, 1);
  return used.map((row) => ({
    id: row.id,
    number: Number(row.key),
    address: reading.text(row, 'ip'),
    domain: '',
    port: reading.number(row, 'port'),
    status: memberStatus(reading.text(row, 'status')),
    weight: 1,
    backup: false,
    connectionLimit: 0,
    recover: 0,
    warmUp: 0,
    warmRate: 10,
    proxyProtocol: null,
    health: null,
  }));
}

function memberStatus(text: string): MemberStatus {
  return text === 'disable' || text === 'maintain' ? text : 'enable';
}
