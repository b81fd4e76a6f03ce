import { availableParallelism } from 'node:os';
import { monotonicNow } from '../enforcer/engine/clock.ts';
import { allowedProcessors, keepToLast } from '../enforcer/engine/processors.ts';
import { describe, type Event, named, type RaisedEvent } from '../events/events.ts';
import { listenerFailed } from '../events/listeners.ts';
import { blocksNotKept, reloaded, started, stopped } from '../events/process.ts';
import type { Logs } from '../logs/logs.ts';
import { endpointText } from '../net/endpoint.ts';
import type { CompiledConfiguration } from '../policy/configuration.ts';
import type { PolicySnapshot } from '../policy/snapshot.ts';
import { BlockKeeper } from '../supervisor/keepers/blocks.ts';
import { FullTableWatch } from '../supervisor/keepers/full-table.ts';
import { PeakKeeper } from '../supervisor/keepers/peaks.ts';
import { LiveSystem } from '../supervisor/reports/live-system.ts';
import { RunningPolicies } from '../supervisor/running-policies.ts';
import { startWorkers, type Workers } from '../supervisor/workers/workers.ts';
import { limitOf, thresholdOf } from '../verdict/judge/limit.ts';
import type { EpisodeLine } from '../verdict/upkeep/source-state.ts';
import { openLogs } from './open-logs.ts';
import type { Owner } from './owner.ts';

export type Enforcer = { readonly workers: Workers; readonly logs: Logs; stop(): Promise<void> };

/** Starts the data plane over the configuration of an owner: from now on commits take effect on live traffic. */
export async function startEnforcer(owner: Owner, report: (event: string) => void): Promise<Enforcer> {
  const { configuration, journal } = owner;
  const reportUnexpected = (event: Event): void => {
    const { isExpected, text } = describe(event);
    if (!isExpected) report(text);
  };
  const compiled = configuration.compiled;
  const { settings } = compiled;
  const logs = openLogs(owner, compiled.logging, reportUnexpected);
  journal.open({
    event(event, time) {
      logs.event(event, time);
      reportUnexpected(event);
    },
  });
  const running = new RunningPolicies();
  const policies = running.all;
  const withName = (event: RaisedEvent): Event => named(event, (id) => policies.get(id)?.name ?? String(id));
  const record = (event: RaisedEvent): void => journal.record(withName(event));

  // Counted before this thread is kept to one of them.
  const threads = settings.workers === 0 ? availableParallelism() : settings.workers;
  const processors = allowedProcessors();
  if (processors !== null) keepToLast(processors);
  const workers = startWorkers({
    workers: threads,
    processors,
    sources: settings.sourcesTableSize,
    reportInterval: compiled.logging.reportInterval,
    onViolations: (records) => {
      for (const record of records) {
        const policy = policies.get(record.policy);
        if (policy !== undefined) logs.violation(record, policy);
      }
    },
    onEpisodeLine: (line) => {
      const policy = policies.get(line.policy);
      if (policy !== undefined) logs.violation(violationOf(line, policy), policy);
    },
    onTraffic: (records) => {
      for (const record of records) {
        const policy = policies.get(record.policy);
        if (policy !== undefined) logs.traffic(record, policy);
      }
    },
    onEvent: record,
  });
  const peaks = new PeakKeeper(workers.table);
  const fullTable = new FullTableWatch(workers.table, record);
  const blocks = new BlockKeeper(workers.table, owner.blocks, (reason) => record(blocksNotKept({ reason })));

  const apply = async ({ snapshot, logging }: CompiledConfiguration): Promise<readonly string[]> => {
    running.begin(snapshot);
    logs.configure(logging);
    workers.reportInterval = logging.reportInterval;
    fullTable.setting = snapshot.tableFull;
    await workers.apply(snapshot);
    running.finish(snapshot);
    peaks.apply(snapshot);
    const failures = workers
      .status()
      .listeners.filter(({ message }) => message !== '')
      .map(({ policy, message: reason, ...endpoint }) =>
        listenerFailed({ policy, endpoint: endpointText(endpoint), reason }),
      )
      .map((event) => describe(withName(event)).text);
    record(reloaded({ revision: snapshot.revision, failures }));
    return failures;
  };
  configuration.drive(apply, settings);
  owner.system = new LiveSystem({ workers, blocks, logs, policies, record });
  const stop = async (): Promise<void> => {
    owner.system = undefined;
    // Before the workers: with their end every block ends in memory.
    blocks.stop();
    fullTable.stop();
    await workers.stop();
    record(stopped({}));
    journal.open(null);
    await logs.close();
  };
  try {
    await blocks.restore();
    record(started({ revision: configuration.view.revision, workers: threads }));
    await apply(compiled);
  } catch (error) {
    await stop();
    throw error;
  }
  return { workers, logs, stop };
}

/** The record of an episode that goes on or has ended: of its source, not of one connection. */
function violationOf(line: EpisodeLine, policy: PolicySnapshot): Parameters<Logs['violation']>[0] {
  const { prefix: _, lastViolation, ...rest } = line;
  const [endpoint] = policy.endpoints;
  return {
    ...rest,
    time: Date.now() - (monotonicNow() - lastViolation),
    sourcePort: 0,
    destination: endpoint?.address ?? '',
    destinationPort: endpoint?.port ?? 0,
    threshold: thresholdOf(limitOf(policy), line.reason),
  };
}
