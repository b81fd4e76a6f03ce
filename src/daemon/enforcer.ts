import { availableParallelism } from 'node:os';
import { allowedProcessors, keepToLast, type Processors } from '../enforcer/engine/processors.ts';
import { describe, type Event, type RaisedEvent } from '../events/events.ts';
import { reloaded, started, stopped } from '../events/lifecycle.ts';
import type { Logs } from '../logs/logs.ts';
import { RunningPolicies } from '../supervisor/keepers/running-policies.ts';
import { LiveSystem } from '../supervisor/reports/live-system.ts';
import { Supervisor } from '../supervisor/supervisor.ts';
import type { Workers } from '../supervisor/workers/workers.ts';
import type { CompiledConfiguration } from './compiled-configuration.ts';
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
  journal.open(logs);
  const running = new RunningPolicies();
  const log = new DataPlaneLog(running.all, logs, journal);
  const record = (event: RaisedEvent): void => log.event(event);

  const threads = placeThreads(settings.workers);
  const supervisor = new Supervisor({
    ...threads,
    policies: running,
    keptBlocks: owner.blocks,
    sources: settings.sourcesTableSize,
    reportInterval: compiled.logging.reportInterval,
    onViolations: (records) => log.violations(records),
    onEpisodeLine: (line) => log.episode(line),
    onTraffic: (records) => log.traffic(records),
    onEvent: record,
  });
  const { workers, blocks } = supervisor;

  const apply = async ({ snapshot, logging }: CompiledConfiguration): Promise<readonly string[]> => {
    logs.configure(logging);
    const failed = await supervisor.apply(snapshot, logging.reportInterval);
    const failures = failed.map((event) => log.textOf(event));
    record(reloaded({ revision: snapshot.revision, failures }));
    return failures;
  };
  configuration.drive(apply, settings);
  owner.system = new LiveSystem({ workers, blocks, logs, policies: running.all, record });
  const stop = async (): Promise<void> => {
    owner.system = undefined;
    await supervisor.stop();
    logs.settle();
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
