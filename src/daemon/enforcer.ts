import { availableParallelism } from 'node:os';
import { allowedProcessors, keepToLast, type Processors } from '../enforcer/engine/processors.ts';
import { describe, type Event, type RaisedEvent } from '../events/events.ts';
import { blocksNotKept, reloaded, started, stopped } from '../events/lifecycle.ts';
import { listenerFailed } from '../events/listeners.ts';
import type { Logs } from '../logs/logs.ts';
import { endpointText } from '../net/endpoint.ts';
import type { CompiledConfiguration } from '../policy/configuration.ts';
import { BlockKeeper } from '../supervisor/keepers/blocks.ts';
import { FullTableWatch } from '../supervisor/keepers/full-table.ts';
import { PeakKeeper } from '../supervisor/keepers/peaks.ts';
import { LiveSystem } from '../supervisor/reports/live-system.ts';
import { RunningPolicies } from '../supervisor/running-policies.ts';
import { startWorkers, type Workers } from '../supervisor/workers/workers.ts';
import { DataPlaneLog } from './data-plane-log.ts';
import { openLogs } from './open-logs.ts';
import type { Owner } from './owner.ts';

export type Enforcer = { readonly workers: Workers; readonly logs: Logs; stop(): Promise<void> };

/**
 * Starts the data plane over the configuration of an owner: from now on commits take effect on live traffic. `report`
 * takes a line for each event that nobody has asked for.
 */
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
  const log = new DataPlaneLog(running.all, logs, journal);
  const record = (event: RaisedEvent): void => log.event(event);

  const threads = placeThreads(settings.workers);
  const workers = startWorkers({
    ...threads,
    sources: settings.sourcesTableSize,
    reportInterval: compiled.logging.reportInterval,
    onViolations: (records) => log.violations(records),
    onEpisodeLine: (line) => log.episode(line),
    onTraffic: (records) => log.traffic(records),
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
    const failures = listenerFailures(workers).map((event) => log.textOf(event));
    record(reloaded({ revision: snapshot.revision, failures }));
    return failures;
  };
  configuration.drive(apply, settings);
  owner.system = new LiveSystem({ workers, blocks, logs, policies: running.all, record });
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
    record(started({ revision: configuration.view.revision, workers: threads.workers }));
    await apply(compiled);
  } catch (error) {
    await stop();
    throw error;
  }
  return { workers, logs, stop };
}

/** How many workers there are, and where they run; this thread keeps to one processor. `wanted`: 0 for one on each. */
function placeThreads(wanted: number): { readonly workers: number; readonly processors: Processors | null } {
  // Counted before this thread is kept to one of them.
  const workers = wanted === 0 ? availableParallelism() : wanted;
  const processors = allowedProcessors();
  if (processors !== null) keepToLast(processors);
  return { workers, processors };
}

/** The listeners that do not stand now. */
function listenerFailures(workers: Workers): readonly RaisedEvent[] {
  return workers
    .status()
    .listeners.filter(({ message }) => message !== '')
    .map(({ policy, message: reason, ...endpoint }) =>
      listenerFailed({ policy, endpoint: endpointText(endpoint), reason }),
    );
}
