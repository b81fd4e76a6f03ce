import { monotonicNow } from '../../enforcer/engine/clock.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { PolicySnapshot } from '../../policy/snapshot.ts';
import type { ClusterReport } from '../../system/reports/cluster.ts';
import type { Health, Measurements, PolicyMeasurements } from '../../system/reports/measurements.ts';
import type { EnforcerReport, PolicyReport } from '../../system/reports/running.ts';
import { productVersion } from '../../system/version.ts';
import { inTurns } from '../../time/time-slice.ts';
import { policyUsage } from '../../verdict/upkeep/policy-usage.ts';
import type { Workers } from '../workers/workers.ts';

/** What the configuration has that the data plane does not know. */
export type ConfigurationState = {
  readonly storedRevision: number;
  /** Milliseconds until a revision that waits for its confirmation comes back; null: none waits. */
  readonly remaining: number | null;
};

/** What measurements are taken of. */
export type Measured = {
  readonly workers: Workers;
  /** The policies that run, by row id. */
  readonly policies: ReadonlyMap<number, PolicySnapshot>;
  /** Milliseconds since the main thread was last seen to have a turn. */
  readonly mainBeat: () => number;
  readonly configuration: () => ConfigurationState;
  readonly logDropped: () => number;
  readonly status: () => EnforcerReport;
  readonly cluster: () => ClusterReport | null;
  /** Of the policy, by row id; null: of all. */
  readonly reports: (only: number | null) => ReadonlyMap<number, PolicyReport>;
};

/** All numbers of a running Levee, of one policy or of all. The sources table is gone through in turns. */
export async function measure(measured: Measured, only: number | null): Promise<Measurements> {
  const { workers, policies, configuration, logDropped, status } = measured;
  // Before anything that takes a while.
  const health = healthOf(measured);
  const usage = await inTurns(policyUsage(workers.table, monotonicNow()));
  const tallies = workers.tallies();
  const { remaining } = configuration();
  const reports = measured.reports(only);
  const measuredPolicies: PolicyMeasurements[] = [];
  for (const [id, counts] of tallies.policies) {
    const policy = policies.get(id);
    const reported = reports.get(id);
    if (policy === undefined || reported === undefined) continue;
    const { sources, most, blocks } = usage.get(id) ?? { sources: 0, most: 0, blocks: 0 };
    measuredPolicies.push({
      id,
      policy: policy.name,
      connections: reported.connections,
      admitted: counts.admitted,
      wouldRefuse: counts.wouldRefuse,
      refused: counts.refused,
      ended: counts.ended,
      threshold: policy.rule?.threshold ?? 0,
      silentThreshold: policy.rule?.silentThreshold ?? 0,
      sources,
      mostOfSource: most,
      blocks,
      blocksStarted: counts.blocks,
      handshakesAnswered: reported.synCookie?.answered ?? 0,
      isUnanswered: (reported.synCookie?.reason ?? '') !== '',
      listeners: reported.listeners,
      members: reported.members,
    });
  }
  return {
    version: productVersion,
    enforcer: status(),
    policies: measuredPolicies,
    verdicts: tallies.verdicts,
    health,
    cluster: measured.cluster(),
    workerRestarts: tallies.restarts,
    logDropped: logDropped(),
    confirmationLeft: remaining === null ? 0 : Math.ceil(remaining / 1000),
  };
}

/** Whether it lives and is ready, as far as can be said at once. */
export function healthOf({ workers, policies, mainBeat, configuration, status }: Measured): Health {
  const { listeners, revision } = workers.status();
  const failed = listeners.filter(({ message }) => message !== '').map(endpointText);
  const unplaced = [...policies.values()]
    .filter(({ enabled }) => enabled)
    .flatMap((policy) =>
      policy.unplaced.map(({ interface: address, port }) => endpointText({ address, port })),
    );
  return {
    beats: { main: mainBeat(), workers: workers.beats() },
    revision,
    storedRevision: configuration().storedRevision,
    failedListeners: [...failed, ...unplaced],
    stopping: status().stopping,
  };
}
