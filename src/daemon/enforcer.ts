import { PolicyKeys } from '../cluster/policy-keys.ts';
import type { GivenSockets } from '../enforcer/sockets/given-sockets.ts';
import { describe, type Event, named, type RaisedEvent } from '../events/events.ts';
import {
  cutOff,
  ending,
  engineMissing,
  entriesExpired,
  reloaded,
  started,
  stopped,
} from '../events/lifecycle.ts';
import { lentInVain } from '../events/listeners.ts';
import type { EventSink, Logs } from '../logs/logs.ts';
import { expiredLists, nextExpiry } from '../policy/ip-list.ts';
import { ClusterNode } from '../supervisor/cluster/cluster-node.ts';
import { standReady } from '../supervisor/cluster/standing.ts';
import { RunningPolicies } from '../supervisor/keepers/running-policies.ts';
import { LiveSystem } from '../supervisor/reports/live-system.ts';
import { Supervisor } from '../supervisor/supervisor.ts';
import { drain } from '../supervisor/workers/drain.ts';
import { chooseEngine } from '../supervisor/workers/engines.ts';
import type { Workers } from '../supervisor/workers/workers.ts';
import { oneLine } from '../text/harmless.ts';
import { settledWithin } from '../time/patience.ts';
import { AddressWatch } from './address-watch.ts';
import type { CompiledConfiguration } from './configuration/compiled-configuration.ts';
import { revealWith } from './configuration/reveal.ts';
import { ExpiryWatch } from './expiry-watch.ts';
import { kernelKeeperOf } from './kernel-table.ts';
import { DataPlaneLog } from './logging/data-plane-log.ts';
import { openLogs } from './logging/open-logs.ts';
import { Reporting } from './logging/reporting.ts';
import type { Owner } from './owner.ts';
import type { Placement } from './placement.ts';
import { NodeConfiguration } from './sharing/node-configuration.ts';
import { sharedConfigurationOf } from './sharing/shared-configuration.ts';
import { Shortfalls } from './shortfalls.ts';
import type { Predecessor, Successor, ToPredecessor } from './succession/channel.ts';
import { endAlong } from './succession/joint-end.ts';
import { configuredBy, standingOf, toldTo } from './succession/standing.ts';

/** Milliseconds that the end of Levee waits for nft. */
const kernelPatience = 2000;
/** The same of a hand-over, which gives up where not all stands still by then. */
const handOverPatience = 1000;

export type Enforcer = {
  readonly workers: Workers;
  readonly logs: Logs;
  /** Takes no new connection, and gives those that it has the time that is configured. Nothing is reset yet. */
  drain(hurry: AbortSignal): Promise<void>;
  stop(haste?: Haste): Promise<void>;
  readonly system: LiveSystem;
  readonly succession: Succession;
};

/** How another process takes over while this one has its connections. */
export type Succession = {
  /** Nobody accepts, nothing is written: all stands still, so that the other one can begin. */
  pause(): Promise<void>;
  /** The opposite: the other one did not come to it. */
  resume(): Promise<void>;
  /** The other one accepts, and is told what is reported here. Resolves when destinations of logs have what they were to get. */
  handOver(heir: Successor): Promise<void>;
  /** What the other one has begun and decided, for the connections that this one still has. */
  obey(message: ToPredecessor): Promise<void>;
  /** Resolves when the process before this one is gone, where it had one. */
  readonly isAlone: Promise<void>;
  /** What is left ends, and is reported. */
  end(): Promise<void>;
};

/** What is there already when an enforcer starts. */
export type Origin = {
  readonly given?: GivenSockets;
  /** Of members that are known by names. */
  readonly addresses?: ReadonlyMap<string, string>;
  /** The process that this one takes over from. */
  readonly predecessor?: Predecessor;
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
  { given, addresses, predecessor }: Origin = {},
): Promise<Enforcer> {
  const { configuration, journal } = owner;
  const reportUnexpected = (event: Event): void => {
    const { isExpected, text } = describe(event);
    if (!isExpected) report(oneLine(text));
  };
  const compiled = configuration.compiled;
  const { settings } = compiled;
  const logs = openLogs(owner, compiled.logging, reportUnexpected);
  if (predecessor === undefined) journal.open(logs);
  const running = new RunningPolicies();
  const log = new DataPlaneLog(running.all, logs, journal);
  const reporting = new Reporting(log);
  if (predecessor !== undefined) reporting.hold();
  const record = (event: RaisedEvent): void => reporting.event(event);

  const count = settings.workers || unlessSet;
  const engine = chooseEngine(settings.engine);
  const supervisor = new Supervisor({
    workers: count,
    engine: engine.name,
    processors,
    policies: running,
    keptBlocks: predecessor === undefined ? owner.blocks : toldTo(predecessor, owner.blocks),
    ...(given === undefined ? {} : { given }),
    isPaused: predecessor !== undefined,
    ...(addresses === undefined ? {} : { addresses }),
    onShutOut: (policy, source) =>
      configuration.shutOut(`${source} (${running.all.get(policy)?.name ?? policy})`),
    sources: settings.sourcesTableSize,
    reportInterval: compiled.logging.reportInterval,
    onViolations: (records) => reporting.violations(records),
    onEpisodeLine: (line) => reporting.episode(line),
    onTraffic: (records) => reporting.traffic(records),
    onEvent: record,
  });
  const { workers, blocks } = supervisor;
  let nftables = new AbortController();
  const kernel = kernelKeeperOf(owner.state, workers.table, () => nftables.signal, log);
  /** What nft has not done in so many milliseconds it does not do. */
  const withNft = async (patience: number, work: Promise<void>): Promise<void> => {
    const timer = setTimeout(() => nftables.abort(), patience);
    await work;
    clearTimeout(timer);
    if (nftables.signal.aborted) nftables = new AbortController();
  };
  log.kernel = kernel.packets;

  const own = new NodeConfiguration({
    catalogue: owner.language.catalogue,
    configuration,
    stored: owner.sharing,
    secretKey: owner.secretKey,
    isLeft: () => owner.isHandingOver,
  });
  const cluster = new ClusterNode({
    table: workers.table,
    policies: running.all,
    keys: new PolicyKeys(running.all, (policy) => own.sharedId(policy)),
    configuration: own,
    reveal: revealWith(owner.secretKey),
    record,
    lifted(sources) {
      blocks.forget(sources);
      kernel.lifted(sources);
    },
  });

  let latest = compiled.snapshot;
  const shortfalls = new Shortfalls();
  const addressWatch = new AddressWatch(() => void apply(configuration.compiled));
  const expiryWatch = new ExpiryWatch(() => {
    for (const list of expiredLists(latest, Date.now())) record(entriesExpired({ list }));
    void apply(configuration.compiled);
  });
  const watch = ({ snapshot, devices, machine }: CompiledConfiguration): void => {
    addressWatch.watch(devices, machine);
    expiryWatch.watch(nextExpiry(snapshot));
  };
  const unwatch = (): void => {
    addressWatch.stop();
    expiryWatch.stop();
  };
  const apply = async (compiled: CompiledConfiguration): Promise<readonly string[]> => {
    const { snapshot, logging } = compiled;
    watch(compiled);
    logs.configure(logging);
    latest = snapshot;
    const unlistened = await supervisor.apply(snapshot, logging.reportInterval);
    predecessor?.send(configuredBy(snapshot));
    const failed = [...unlistened, ...(await kernel.apply(snapshot, logging.reportInterval))];
    const failures = shortfalls.replace(failed, snapshot).map((event) => log.textOf(event));
    await cluster.configure(compiled.cluster);
    own.part();
    record(reloaded({ revision: snapshot.revision, failures }));
    return failures;
  };
  configuration.drive(apply, () => supervisor.endGuard(), settings);
  // What comes from other nodes need not be told them.
  configuration.alsoDrive(async (compiled) => (own.isTaking ? [] : await cluster.sharing(compiled.cluster)));
  configuration.tryOutWith((snapshot) => {
    const names = new Map(snapshot.policies.map(({ id, name }) => [id, name]));
    const nameOf = (policy: number): string => names.get(policy) ?? String(policy);
    const fresh = shortfalls.newOf(workers.tryOut(snapshot), snapshot);
    return fresh.map((event) => describe(named(event, nameOf)).text);
  });
  const system = new LiveSystem({
    workers,
    blocks,
    kernel,
    cluster,
    sharedConfiguration: sharedConfigurationOf(cluster, own, record),
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
    const connections = workers.connectionCount() + system.formerConnections();
    if (connections > 0 || times.notice > 0)
      record(ending({ notice: times.notice / 1000, drain: times.drain / 1000, connections }));
    const former = predecessor && endAlong(predecessor, times.notice + times.drain, hurry);
    const left = await drain(workers, times, hurry);
    if (left > 0) record(cutOff({ connections: left }));
    await former;
  };
  const stop = async ({ asked = performance.now(), hurry }: Haste = {}): Promise<void> => {
    owner.system = undefined;
    unwatch();
    await cluster.stop();
    await withNft(kernelPatience, kernel.pause());
    await supervisor.stop(hurry);
    await withNft(kernelPatience, kernel.remove());
    logs.settle();
    record(stopped({}));
    journal.open(null);
    await logs.close(performance.now() - asked, hurry);
  };
  /** What it still has counts here, and what it reports is written here. */
  const countFormer = (former: Predecessor): void => {
    const connections = workers.countFormer(compiled.snapshot);
    system.formerConnections = () => connections.count;
    former.listen((message) => {
      if (message.type === 'connections') connections.change(message);
      else if (message.type === 'traffic') reporting.traffic(message.records);
      else if (message.type === 'violations') reporting.violations(message.records);
      else if (message.type === 'event') logs.event(message.event, message.time);
    });
    void former.ended.then(async () => {
      system.formerConnections = () => 0;
      await workers.forgetFormer();
    });
  };
  const succession: Succession = {
    async pause() {
      unwatch();
      // A node of the same name will take its place in the cluster, and another keeper that of the table: two would undo each
      // other's work.
      await Promise.all([
        settledWithin(handOverPatience, cluster.giveWay()),
        withNft(handOverPatience, kernel.pause()),
      ]);
      await supervisor.pause();
      logs.settle();
      logs.flush();
      reporting.hold();
      journal.open(null);
    },
    async resume() {
      reporting.open(log);
      journal.open(logs);
      watch(configuration.compiled);
      await supervisor.resume();
      kernel.resume();
      await cluster.configure(configuration.compiled.cluster);
    },
    async handOver(heir) {
      workers.leaveListening();
      const events: EventSink = { event: (event, time) => heir.send({ type: 'event', event, time }) };
      const sent = logs.handOver(events);
      journal.open(events);
      reporting.open({
        violations: (records) => heir.send({ type: 'violations', records }),
        traffic: (records) => heir.send({ type: 'traffic', records }),
        event: (event) => log.event(event),
        // Nobody is judged here any more.
        episode: () => undefined,
      });
      await sent;
    },
    async obey(message) {
      predecessor?.send(message);
      if (message.type === 'blocked') await blocks.impose(message.blocks);
      if (message.type !== 'configured') return;
      latest = standingOf(latest, message);
      await workers.apply(latest);
    },
    isAlone: predecessor?.ended ?? Promise.resolve(),
    async end() {
      await settledWithin(handOverPatience, cluster.stop());
      await supervisor.end();
    },
  };
  /** Everything that needs no listener, while the other process accepts; then what it has comes here. */
  const takeOver = async (former: Predecessor): Promise<void> => {
    await supervisor.apply(compiled.snapshot, compiled.logging.reportInterval);
    former.send({ type: 'prepared' });
    await former.taken;
    logs.takeOver();
    journal.open(logs);
    reporting.open(log);
    countFormer(former);
    await workers.resumeListening();
  };
  if (compiled.cluster?.counts) standReady(workers.table, compiled.cluster.counts);
  try {
    if (predecessor !== undefined) await takeOver(predecessor);
    await blocks.restore();
    if (engine.fault !== null) record(engineMissing({ engine: settings.engine, reason: engine.fault }));
    record(started({ revision: configuration.view.revision, workers: count, engine: engine.name }));
    await apply(compiled);
    for (const endpoint of given?.rest ?? []) record(lentInVain({ endpoint }));
  } catch (error) {
    // Another process has all of it yet, and goes on.
    if (predecessor === undefined) await stop();
    throw error;
  }
  return { workers, logs, system, drain: end, stop, succession };
}
