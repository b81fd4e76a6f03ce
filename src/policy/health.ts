import { oneOf } from './one-of.ts';
import type { Reading, SourceRow } from './reading.ts';
import type { HealthCheck, HealthSnapshot } from './snapshot.ts';

const relationships: readonly HealthSnapshot['relationship'][] = ['and', 'or'];

/** What every check has; the other fields mean something to the type of the check alone. */
const common: ReadonlySet<string> = new Set(['type', 'timeout', 'retry-times', 'interval']);

/** The checks of a member: those of its pool, or its own. */
export function compileHealth(reading: Reading, pool: SourceRow, member: SourceRow): HealthSnapshot | null {
  const owner = reading.isEnabled(member, 'health-check-inherit') ? pool : member;
  const health = reading.target(owner, 'health');
  if (health === undefined) return null;
  return {
    name: health.key,
    relationship: oneOf(relationships, reading.text(health, 'relationship')),
    checks: reading.source
      .rows('server-policy health health-list', health.id)
      .map((row) => compileCheck(reading, row)),
  };
}

function compileCheck(reading: Reading, row: SourceRow): HealthCheck {
  return {
    id: row.id,
    type: reading.text(row, 'type'),
    timeout: reading.number(row, 'timeout'),
    retryTimes: reading.number(row, 'retry-times'),
    interval: reading.number(row, 'interval'),
    settings: reading.values(row, common),
  };
}
