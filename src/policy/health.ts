import { oneOf } from './one-of.ts';
import type { Reading, SourceRow } from './reading.ts';
import type { HealthCheck, HealthSnapshot, HttpCheck } from './snapshot.ts';

const methods: readonly HttpCheck['method'][] = ['get', 'head', 'post'];
const matchTypes: readonly HttpCheck['matchType'][] = ['response-code', 'match-content', 'all'];
const relationships: readonly HealthSnapshot['relationship'][] = ['and', 'or'];

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
  const type = reading.text(row, 'type');
  return {
    id: row.id,
    type,
    timeout: reading.number(row, 'timeout'),
    retryTimes: reading.number(row, 'retry-times'),
    interval: reading.number(row, 'interval'),
    http: type === 'http' ? compileHttp(reading, row) : null,
  };
}

function compileHttp(reading: Reading, row: SourceRow): HttpCheck {
  return {
    path: reading.text(row, 'url-path'),
    method: oneOf(methods, reading.text(row, 'method')),
    matchType: oneOf(matchTypes, reading.text(row, 'match-type')),
    responseCode: reading.number(row, 'response-code'),
    matchContent: reading.text(row, 'match-content'),
  };
}
