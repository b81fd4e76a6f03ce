import type { PolicyState } from '../worker/policy-state.ts';
import { type ConnectionReport, connectionReportOf } from './report.ts';

/** Some connections of a policy, the newest first, and how many there are. */
export type ConnectionListing = {
  readonly connections: readonly ConnectionReport[];
  readonly total: number;
};

/** At most `limit` of a policy's connections in this worker, the newest first. `now` on the engine's clock. */
export function listConnections(policy: PolicyState, limit: number, now: number): ConnectionListing {
  const connections: ConnectionReport[] = [];
  let total = 0;
  policy.each((connection) => {
    const { streams } = connection;
    if (streams.client === null) return;
    total++;
    const ends = connections.length < limit ? streams.clientAddresses() : null;
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
