import { availableParallelism } from 'node:os';
import { monotonicNow } from '../enforcer/engine/clock.ts';
import { allowedProcessors, keepToLast } from '../enforcer/sockets/processors.ts';
import type { Logs } from '../logs/logs.ts';
import type { Event } from '../logs/records/events.ts';
import type { PolicySnapshot, Snapshot } from '../policy/snapshot.ts';
import { BlockKeeper } from '../supervisor/keepers/blocks.ts';
import { FullTableWatch } from '../supervisor/keepers/full-table.ts';
import { PeakKeeper } from '../supervisor/keepers/peaks.ts';
import { LiveSystem } from '../supervisor/reports/live-system.ts';
import { RunningPolicies } from '../supervisor/running-policies.ts';
import { startWorkers, type Workers } from '../supervisor/workers/workers.ts';
import { limitOf, thresholdOf } from '../verdict/judge/limit.ts';
import type { EpisodeLine } from '../verdict/table/source.ts';
import { dataPlaneEvent, listenerFailure, toldText } from './data-plane-event.ts';
import { openLogs } from './open-logs.ts';
import type { Owner } from './owner.ts';

export type Enforcer = { readonly workers: Workers; readonly logs: Logs; stop(): Promise<void> };

/** Starts the data plane over the configuration of an owner: from now on commits take effect on live traffic. */
export async function startEnforcer(owner: Owner, tell: (event: string) => void): Promise<Enforcer> {
  const { configuration, journal } = owner;
  const tellText = (event: Event): void => {
    const text = toldText(event);
    if (text !== undefined) tell(text);
  };
  const logs = openLogs(owner, tellText);
  journal.open({
    event(event, time) {
      logs.event(event, time);
      tellText(event);
    },
  });
  const settings = configuration.enforcerSettings;
  const running = new RunningPolicies();
  const policies = running.all;
  const policyName = (id: number): string => policies.get(id)?.name ?? String(id);

  // Counted before this thread is kept to one of them.
  const threads = settings.workers === 0 ? availableParallelism() : settings.workers;
  const processors = allowedProcessors();
  if (processors !== null) keepToLast(processors);
  const workers = startWorkers({
    workers: threads,
    processors,
    sources: settings.sourcesTableSize,
    reportInterval: configuration.logging.reportInterval,
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
    onEvent: (event) => journal.note(dataPlaneEvent(event, policyName)),
  });
  const peaks = new PeakKeeper(workers.table);
  const fullTable = new FullTableWatch(workers.table, (event) => journal.note(event));
  const blocks = new BlockKeeper(workers.table, owner.blocks, (reason) =>
    journal.note({ type: 'blocks-not-kept', reason }),
  );

  const apply = async (snapshot: Snapshot): Promise<readonly string[]> => {
    running.begin(snapshot);
    const { logging } = configuration;
    logs.configure(logging);
    workers.reportInterval = logging.reportInterval;
    fullTable.setting = snapshot.tableFull;
    await workers.apply(snapshot);
    running.finish(snapshot);
    peaks.apply(snapshot);
    const failures = workers
      .status()
      .listeners.filter(({ message }) => message !== '')
      .map((listener) => listenerFailure(listener, policyName));
    journal.note({ type: 'reloaded', revision: snapshot.revision, failures });
    return failures;
  };
  configuration.drive(apply, settings);
  owner.system = new LiveSystem({ workers, blocks, logs, policies, note: (event) => journal.note(event) });
  const stop = async (): Promise<void> => {
    owner.system = undefined;
    // Before the workers: with their end every block ends in memory.
    blocks.stop();
    fullTable.stop();
    await workers.stop();
    journal.note({ type: 'stopped' });
    journal.open(null);
    await logs.close();
  };
  try {
    await blocks.restore();
    journal.note({ type: 'started', revision: configuration.view.revision, workers: threads });
    await apply(configuration.snapshot);
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
