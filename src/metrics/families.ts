import { endpointText } from '../net/endpoint.ts';
import type { ClusterReport } from '../system/reports/cluster.ts';
import type { Measurements, PolicyMeasurements } from '../system/reports/measurements.ts';
import type { ListenerReport, MemberReport } from '../system/reports/running.ts';
import type { SourceReport } from '../system/reports/source.ts';
import type { Family, Sample } from './exposition.ts';
import { allHold, liveness, readiness } from './health.ts';

/** What metrics are read from: the numbers, and of the sources those that somebody has asked for. */
export type Reading = Measurements & { readonly topSources: readonly SourceReport[] };

type MetricFamily = Family<Reading>;

/** Sources that may be asked for: each makes a series of its own, and they change all the time. */
export const mostTopSources = 20;

/** One number of the whole. */
function single(
  type: 'gauge' | 'counter',
  name: string,
  help: string,
  value: (reading: Reading) => number,
): MetricFamily {
  return { type, name, help, labels: [], read: (reading) => [{ of: [], value: value(reading) }] };
}

/** One number of the cluster; none where there is no cluster. */
function inCluster(
  type: 'gauge' | 'counter',
  name: string,
  help: string,
  value: (cluster: ClusterReport) => number,
): MetricFamily {
  const read = ({ cluster }: Reading): Sample[] =>
    cluster === null ? [] : [{ of: [], value: value(cluster) }];
  return { type, name, help, labels: [], read };
}

/** One number for each policy. */
function perPolicy(
  type: 'gauge' | 'counter',
  name: string,
  help: string,
  value: (policy: PolicyMeasurements) => number,
): MetricFamily {
  const read = ({ policies }: Reading): Sample[] =>
    policies.map((policy) => ({ of: [policy.policy], value: value(policy) }));
  return { type, name, help, labels: ['policy'], read };
}

/** A count for each policy and reason. */
function perReason(
  name: string,
  help: string,
  counts: (policy: PolicyMeasurements) => Readonly<Record<string, number>>,
): MetricFamily {
  const read = ({ policies }: Reading): Sample[] =>
    policies.flatMap((policy) =>
      Object.entries(counts(policy)).map(([reason, value]) => ({ of: [policy.policy, reason], value })),
    );
  return { type: 'counter', name, help, labels: ['policy', 'reason'], read };
}

/** A number for each thing of each policy. Where several of a policy have one name, it is the highest of theirs. */
function perPart<Part>(
  name: string,
  help: string,
  label: string,
  parts: (policy: PolicyMeasurements) => readonly Part[],
  nameOf: (part: Part) => string,
  value: (part: Part) => number,
): MetricFamily {
  function* read({ policies }: Reading): Generator<Sample> {
    for (const policy of policies) {
      const found = new Map<string, number>();
      for (const part of parts(policy)) {
        const named = nameOf(part);
        found.set(named, Math.max(value(part), found.get(named) ?? 0));
      }
      for (const [named, highest] of found) yield { of: [policy.policy, named], value: highest };
    }
  }
  return { type: 'gauge', name, help, labels: ['policy', label], read };
}

function listenerName({ address, interface: device, port }: ListenerReport): string {
  return endpointText({ address: address === '' ? device : address, port });
}

/** A member takes connections, as far as is known. */
function isUp({ state }: MemberReport): boolean {
  return state === 'up' || state === 'recovering' || state === 'unknown';
}

/** All metrics, in the order of the text. */
export const families: readonly MetricFamily[] = [
  {
    type: 'gauge',
    name: 'levee_build_info',
    help: 'The version of Levee and the event loop that it runs on; always 1.',
    labels: ['version', 'engine'],
    read: ({ version, enforcer }) => [{ of: [version, enforcer.engine], value: 1 }],
  },
  single(
    'gauge',
    'levee_start_time_seconds',
    'When the enforcer was started, in seconds since 1970.',
    ({ enforcer }) => Date.parse(enforcer.runningSince) / 1000,
  ),
  single(
    'gauge',
    'levee_live',
    'Whether the main loop and all workers were at work a second ago.',
    ({ health }) => Number(allHold(liveness(health))),
  ),
  single(
    'gauge',
    'levee_ready',
    'Whether the stored revision runs, all listeners are bound, and Levee is not about to end.',
    ({ health }) => Number(allHold(readiness(health))),
  ),
  single(
    'gauge',
    'levee_config_revision',
    'The revision of the configuration that runs.',
    ({ health }) => health.revision ?? 0,
  ),
  single(
    'gauge',
    'levee_config_stored_revision',
    'The newest revision of the configuration.',
    ({ health }) => health.storedRevision,
  ),
  single(
    'gauge',
    'levee_confirm_deadline_seconds',
    'Seconds until a revision that nobody confirms comes back; 0: none waits for that.',
    ({ confirmationLeft }) => confirmationLeft,
  ),
  perPolicy(
    'gauge',
    'levee_connections',
    'Connections of clients that are open.',
    ({ connections }) => connections,
  ),
  perPolicy(
    'counter',
    'levee_connections_accepted_total',
    'Connections that were let in.',
    ({ admitted }) => admitted,
  ),
  perReason(
    'levee_connections_refused_total',
    'Connections that were reset before a member served them, by what spoke against them.',
    ({ refused }) => refused,
  ),
  perReason(
    'levee_connections_ended_total',
    'Connections that were let in and are over, by what ended them.',
    ({ ended }) => ended,
  ),
  perPolicy(
    'counter',
    'levee_would_refuse_total',
    'Connections that were let in since the action is alert or monitor-mode is on, and would be refused otherwise.',
    ({ wouldRefuse }) => wouldRefuse,
  ),
  perPolicy(
    'gauge',
    'levee_source_threshold',
    'Connections that one source may hold; 0: no limit.',
    ({ threshold }) => threshold,
  ),
  perPolicy(
    'gauge',
    'levee_source_connections_max',
    'Connections of the source that holds most.',
    ({ mostOfSource }) => mostOfSource,
  ),
  perPolicy('gauge', 'levee_sources', 'Sources in the sources table.', ({ sources }) => sources),
  single(
    'gauge',
    'levee_sources_table_used',
    'Sources in the sources table, of all policies.',
    ({ enforcer }) => enforcer.sources.used,
  ),
  single(
    'gauge',
    'levee_sources_table_size',
    'Sources that the sources table has room for.',
    ({ enforcer }) => enforcer.sources.capacity,
  ),
  single(
    'counter',
    'levee_sources_table_full_total',
    'Connections whose source found no room in the sources table: refused, or let in uncounted.',
    ({ enforcer: { sources } }) => sources.admittedUncounted + sources.refused,
  ),
  perPolicy('gauge', 'levee_blocks', 'Sources that are blocked.', ({ blocks }) => blocks),
  perPolicy('counter', 'levee_blocks_total', 'Blocks that have begun.', ({ blocksStarted }) => blocksStarted),
  single(
    'gauge',
    'levee_kernel_elements',
    'Blocked sources that the kernel refuses by itself.',
    ({ enforcer }) => enforcer.kernel.blocks,
  ),
  single(
    'gauge',
    'levee_kernel_failing',
    'Whether the kernel is to refuse blocked sources, and does not: Levee does so itself.',
    ({ enforcer }) => Number(enforcer.kernel.state === 'failing'),
  ),
  single(
    'counter',
    'levee_kernel_drift_total',
    "What others had changed in Levee's table of the kernel and was put right: sources, and rules.",
    ({ enforcer }) => enforcer.kernel.restored,
  ),
  single(
    'counter',
    'levee_kernel_refused_total',
    'Packets by which blocked sources tried to connect, and which the kernel refused.',
    ({ enforcer }) => enforcer.kernel.refused,
  ),
  perPolicy(
    'counter',
    'levee_handshakes_answered_total',
    'Handshakes that the kernel has answered in the place of a listener, above its half-open-threshold.',
    ({ handshakesAnswered }) => handshakesAnswered,
  ),
  perPolicy(
    'gauge',
    'levee_handshakes_unanswered',
    'Whether the kernel is to answer above the half-open-threshold, and can not.',
    ({ isUnanswered }) => Number(isUnanswered),
  ),
  inCluster(
    'gauge',
    'levee_cluster_degraded',
    'Whether this node takes no part in its cluster: the store is not reached, another node has its name, or nobody hears what it counts.',
    ({ state, counts }) => Number(state !== 'connected' || counts?.standing === 'cut-off'),
  ),
  inCluster(
    'gauge',
    'levee_cluster_configuration_behind',
    'Whether this node does not run the configuration that nodes have in common, or what was committed here is not shared.',
    ({ configuration }) => Number(configuration !== null && configuration.state !== 'same'),
  ),
  inCluster(
    'gauge',
    'levee_cluster_configuration_revision',
    'Number of the shared configuration that this node runs; 0: none.',
    ({ configuration }) => configuration?.number ?? 0,
  ),
  inCluster('gauge', 'levee_cluster_peers', 'Other nodes that are there.', ({ peers }) => peers.length),
  inCluster('gauge', 'levee_cluster_blocks', 'Blocks that all nodes know of.', ({ blocks }) => blocks),
  inCluster(
    'counter',
    'levee_cluster_unreadable_total',
    'Messages of the cluster that were not sealed with the key of this node, or that it can not read.',
    ({ unreadable }) => unreadable,
  ),
  {
    type: 'gauge',
    name: 'levee_cluster_view_age_seconds',
    help: 'Seconds since another node was heard of last.',
    labels: ['peer'],
    read: ({ cluster }) =>
      (cluster?.peers ?? []).map(({ node, silent }) => {
        const counted = cluster?.counts?.peers.find((peer) => peer.node === node);
        return { of: [node], value: (counted?.age ?? silent) / 1000 };
      }),
  },
  perPart(
    'levee_member_up',
    'Whether a member of the pool takes connections, as far as is known.',
    'member',
    ({ members }) => members,
    ({ member }) => member,
    (member) => Number(isUp(member)),
  ),
  perPart(
    'levee_member_connections',
    'Connections to a member of the pool, of all policies.',
    'member',
    ({ members }) => members,
    ({ member }) => member,
    ({ connections }) => connections,
  ),
  perPart(
    'levee_listener_up',
    'Whether a listener of the policy is bound.',
    'listener',
    ({ listeners }) => listeners,
    listenerName,
    ({ state }) => Number(state === 'listening'),
  ),
  {
    type: 'histogram',
    name: 'levee_verdict_seconds',
    help: 'What a verdict on a new connection takes, its accounting included.',
    read: ({ verdicts: { bounds, counts, total } }) => ({
      bounds: bounds.map((bound) => bound / 1e6),
      counts,
      sum: total / 1e9,
    }),
  },
  single(
    'gauge',
    'levee_workers',
    'Workers, those included that are about to be replaced.',
    ({ enforcer }) => enforcer.workers,
  ),
  single(
    'counter',
    'levee_worker_restarts_total',
    'Workers that ended without being asked to, and were replaced.',
    ({ workerRestarts }) => workerRestarts,
  ),
  single(
    'gauge',
    'levee_descriptors_used',
    'Descriptors that connections have.',
    ({ enforcer }) => enforcer.descriptors.used,
  ),
  single(
    'gauge',
    'levee_descriptors_limit',
    'Descriptors that connections may have.',
    ({ enforcer }) => enforcer.descriptors.limit,
  ),
  single(
    'gauge',
    'levee_waiting_bytes',
    'Bytes that wait for members and slow readers.',
    ({ enforcer }) => enforcer.waiting.used,
  ),
  single(
    'gauge',
    'levee_waiting_limit_bytes',
    'Bytes that may wait for members and slow readers.',
    ({ enforcer }) => enforcer.waiting.limit,
  ),
  single(
    'gauge',
    'levee_resident_memory_bytes',
    'Memory that the process has of the machine.',
    ({ enforcer }) => enforcer.memory,
  ),
  single(
    'counter',
    'levee_log_dropped_total',
    'Log records that no destination outside took.',
    ({ logDropped }) => logDropped,
  ),
  {
    type: 'gauge',
    name: 'levee_top_source_connections',
    help: 'Connections of the sources that hold most; only where they are asked for.',
    labels: ['policy', 'source'],
    read: ({ topSources }) =>
      topSources.map(({ policy, source, open }) => ({ of: [policy, source], value: open })),
  },
];
