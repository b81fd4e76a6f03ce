import type { ConnectionListing, ConnectionReport } from '../worker/messages.ts';
import type { PolicyState } from '../worker/policy-state.ts';
import { connectionReportOf } from './report.ts';

/** At most `limit` of a policy's connections in this worker, the newest first. `now` on the engine's clock. */
export function listConnections(policy: PolicyState, limit: number, now: number): ConnectionListing {
  const connections: ConnectionReport[] = [];
  let total = 0;
  policy.each((connection) => {
    if (!connection.isOpen) return;
    total++;
    const ends = connections.length < limit ? connection.keepEnds() : null;
    if (ends !== null) connections.push(connectionReportOf(connection, ends, now));
  });
  return { connections, total };
}

/** The answers of all workers as one. */
export function mergeListings(answers: readonly ConnectionListing[], limit: number): ConnectionListing {
  return {
    connections: answers
      .flatMap(({ connections }) => connections)
      .sort((one, other) => one.age - other.age)
      .slice(0, limit),
    total: answers.reduce((sum, { total }) => sum + total, 0),
  };
}
