import type { GivenSockets } from '../enforcer/sockets/given-sockets.ts';
import { describe, type Event, named, type RaisedEvent } from '../events/events.ts';
import { cutOff, ending, engineMissing, reloaded, started, stopped } from '../events/lifecycle.ts';
import { lentInVain } from '../events/listeners.ts';
import type { Logs } from '../logs/logs.ts';
import { ClusterNode } from '../supervisor/cluster/cluster-node.ts';
import { RunningPolicies } from '../supervisor/keepers/running-policies.ts';
import { LiveSystem } from '../supervisor/reports/live-system.ts';
import { Supervisor } from '../supervisor/supervisor.ts';
import { drain } from '../supervisor/workers/drain.ts';
import { chooseEngine } from '../supervisor/workers/engines.ts';
import type { Workers } from '../supervisor/workers/workers.ts';
import { oneLine } from '../text/harmless.ts';
import { AddressWatch } from './address-watch.ts';
import type { CompiledConfiguration } from './configuration/compiled-configuration.ts';
import { revealWith } from './configuration/reveal.ts';
import { kernelKeeperOf } from './kernel-table.ts';
import { DataPlaneLog } from './logging/data-plane-log.ts';
import { openLogs } from './logging/open-logs.ts';
import type { Owner } from './owner.ts';
import type { Placement } from './placement.ts';

/** Milliseconds that the end of Levee waits for nft. */
const kernelPatience = 2000;

export type Enforcer = {
  readonly workers: Workers;
  readonly logs: Logs;
  /** Takes no new connection, and gives those that it has the time that is configured. Nothing is reset yet. */
  drain(hurry: AbortSignal): Promise<void>;
  stop(haste?: Haste): Promise<void>;
};

/** What has an end come sooner. */
export type Haste = {
  /** When it was asked for, of `performance.now`: by default now. */
  readonly asked?: number;
  /** Aborted: nothing is waited for. */
  readonly hurry?: AbortSignal;
};

/**
 * Starts the data plane over the configuration of an owner: from now on commits take effect on live traffic. `report`
 * takes a line for each event that nobody has asked for.
 */
export async function startEnforcer(
  owner: Owner,
  report: (event: string) => void,
  { workers: unlessSet, processors }: Placement,
  given?: GivenSockets,
): Promise<Enforcer> {
  const { configuration, journal } = owner;
  const reportUnexpected = (event: Event): void => {
    const { isExpected, text } = describe(event);
    if (!isExpected) report(oneLine(text));
  };
  const compiled = configuration.compiled;
  const { settings } = compiled;
  const logs = openLogs(owner, compiled.logging, reportUnexpected);
  journal.open(logs);
  const running = new RunningPolicies();
  const log = new DataPlaneLog(running.all, logs, journal);
  const record = (event: RaisedEvent): void => log.event(event);

  const count = settings.workers || unlessSet;
  const engine = chooseEngine(settings.engine);
  const supervisor = new Supervisor({
    workers: count,
    engine: engine.name,
    processors,
    policies: running,
    keptBlocks: owner.blocks,
    ...(given === undefined ? {} : { given }),
    onShutOut: (policy, source) =>
      configuration.shutOut(`${source} (${running.all.get(policy)?.name ?? policy})`),
    sources: settings.sourcesTableSize,
    reportInterval: compiled.logging.reportInterval,
    onViolations: (records) => log.violations(records),
    onEpisodeLine: (line) => log.episode(line),
    onTraffic: (records) => log.traffic(records),
    onEvent: record,
  });
  const { workers, blocks } = supervisor;
  const nftables = new AbortController();
  const kernel = kernelKeeperOf(owner.state, workers.table, nftables.signal, log);
  log.kernel = kernel.packets;

  const cluster = new ClusterNode({
    table: workers.table,
    policies: running.all,
    reveal: revealWith(owner.secretKey),
    record,
    lifted(sources) {
      blocks.forget(sources);
      kernel.lifted(sources);
    },
  });

  const watch = new AddressWatch(() => void apply(configuration.compiled));
  const apply = async (compiled: CompiledConfiguration): Promise<readonly string[]> => {
    const { snapshot, logging, machine, devices } = compiled;
    watch.watch(devices, machine);
    logs.configure(logging);
    const unheard = await supervisor.apply(snapshot, logging.reportInterval);
    const failed = [...unheard, ...(await kernel.apply(snapshot, logging.reportInterval))];
    const failures = failed.map((event) => log.textOf(event));
    await cluster.configure(compiled.cluster);
    record(reloaded({ revision: snapshot.revision, failures }));
    return failures;
  };
  configuration.drive(apply, () => supervisor.endGuard(), settings);
  configuration.tryOutWith((snapshot) => {
    const names = new Map(snapshot.policies.map(({ id, name }) => [id, name]));
    const nameOf = (policy: number): string => names.get(policy) ?? String(policy);
    return workers.tryOut(snapshot).map((event) => describe(named(event, nameOf)).text);
  });
  const system = new LiveSystem({
    workers,
    blocks,
    kernel,
    cluster,
    logs,
    policies: running.all,
    record,
    mainBeat: () => supervisor.heartbeat.age,
    configuration: () => ({
      storedRevision: configuration.view.revision,
      remaining: configuration.awaited?.remaining ?? null,
    }),
  });
  owner.system = system;
  const end = async (hurry: AbortSignal): Promise<void> => {
    system.isStopping = true;
    const times = configuration.compiled.ending;
    const connections = workers.connectionCount();
    if (connections > 0 || times.notice > 0)
      record(ending({ notice: times.notice / 1000, drain: times.drain / 1000, connections }));
    const left = await drain(workers, times, hurry);
    if (left > 0) record(cutOff({ connections: left }));
  };
  const stop = async ({ asked = performance.now(), hurry }: Haste = {}): Promise<void> => {
    owner.system = undefined;
    watch.stop();
    await cluster.stop();
    const patience = setTimeout(() => nftables.abort(), kernelPatience);
    await kernel.stop();
    clearTimeout(patience);
    await supervisor.stop(hurry);
    const longer = setTimeout(() => nftables.abort(), kernelPatience);
    await kernel.remove();
    clearTimeout(longer);
    logs.settle();
    record(stopped({}));
    journal.open(null);
    await logs.close(performance.now() - asked, hurry);
  };
  try {
    await blocks.restore();
    if (engine.fault !== null) record(engineMissing({ engine: settings.engine, reason: engine.fault }));
    record(started({ revision: configuration.view.revision, workers: count, engine: engine.name }));
    await apply(compiled);
    for (const endpoint of given?.rest ?? []) record(lentInVain({ endpoint }));
  } catch (error) {
    await stop();
    throw error;
  }
  return { workers, logs, drain: end, stop };
}
