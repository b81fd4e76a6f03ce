import { monotonicNow } from '../../enforcer/engine/clock.ts';
import { blockLifted, blockOrdered } from '../../events/administration.ts';
import type { RaisedEvent } from '../../events/events.ts';
import type { KernelKeeper } from '../../kernel/kernel-keeper.ts';
import { endpointText } from '../../net/endpoint.ts';
import type { PolicySnapshot } from '../../policy/snapshot.ts';
import type { BlockedReport, BlockReport } from '../../system/kept-state.ts';
import type { LogAccess, LogRecords } from '../../system/log-access.ts';
import type { AdviceReport } from '../../system/reports/advice.ts';
import type { ClusterReport, SharedSourceReport } from '../../system/reports/cluster.ts';
import type { Health, Measurements } from '../../system/reports/measurements.ts';
import type {
  EnforcerReport,
  ListenerReport,
  MemberReport,
  PolicyReport,
  RuleReport,
} from '../../system/reports/running.ts';
import type { SourceOrder, SourceReport } from '../../system/reports/source.ts';
import type { SharedConfiguration } from '../../system/shared-configuration.ts';
import type { Author, ConnectionsReport, System } from '../../system/system.ts';
import { inTurns, type Steps, TimeSlice } from '../../time/time-slice.ts';
import { isTrusted, limitOf, marksOf } from '../../verdict/judge/limit.ts';
import { liftBlock, listBlocks, orderBlock } from '../../verdict/upkeep/blocks.ts';
import type { SourceIdentity } from '../../verdict/upkeep/source-state.ts';
import { tableUsage, topSources } from '../../verdict/upkeep/sources.ts';
import type { ClusterNode } from '../cluster/cluster-node.ts';
import type { BlockKeeper } from '../keepers/blocks.ts';
import type { MemberState } from '../members/member-state.ts';
import type { ListenerStatus } from '../workers/listening-sockets.ts';
import type { Workers } from '../workers/workers.ts';
import { adviceOn } from './advice.ts';
import { type Follow, floodTest } from './flood-test.ts';
import { type ConfigurationState, healthOf, type Measured, measure } from './measuring.ts';
import { sourceText } from './source-text.ts';

type Parts = {
  readonly workers: Workers;
  readonly blocks: BlockKeeper;
  readonly cluster: Pick<ClusterNode, 'lift' | 'blockedBy' | 'heldElsewhere' | 'report' | 'sources'>;
  readonly sharedConfiguration: SharedConfiguration;
  readonly kernel: KernelKeeper;
  readonly logs: LogAccess & { readonly records: LogRecords };
  readonly record: (event: RaisedEvent) => void;
  /** Milliseconds since the main thread was last seen to have a turn. */
  readonly mainBeat: () => number;
  readonly configuration: () => ConfigurationState;
  /** The policies that run, by row id. */
  readonly policies: ReadonlyMap<number, PolicySnapshot>;
};

/** The running system as operations see it. */
export class LiveSystem implements System {
  readonly logs: LogAccess;
  readonly records: LogRecords;
  readonly sharedConfiguration: SharedConfiguration;
  readonly #parts: Parts;
  /** The end has begun. */
  isStopping = false;
  /** Of the process before this one, which count here. */
  formerConnections: () => number = () => 0;
  /** Has another process take over; null: this one can't be replaced. */
  replace: System['restartHot'] | null = null;
  /** The process that is about to; 0: none is. */
  successor = 0;
  readonly #runningSince = new Date().toISOString();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.logs = parts.logs;
    this.records = parts.logs.records;
    this.sharedConfiguration = parts.sharedConfiguration;
  }

  async floodTest(
    id: number,
    connections: number,
    signal: AbortSignal,
  ): Promise<Awaited<ReturnType<System['floodTest']>>> {
    const { workers, logs } = this.#parts;
    const policy = this.#policy(id);
    const follow: Follow = (listener) => logs.follow('attack', listener);
    const tested = await floodTest({ workers, follow, policy, connections, signal });
    return { ...tested, members: memberReports(policy, workers.members()) };
  }

  policies(only: number | null): readonly PolicyReport[] {
    return [...this.#policyReports(only).values()];
  }

  #policyReports(only: number | null): ReadonlyMap<number, PolicyReport> {
    const { workers, kernel } = this.#parts;
    const { listeners } = workers.status();
    const held = workers.connections();
    const members = workers.members();
    const wanted = [...this.#parts.policies.values()].filter(({ id }) => only === null || id === only);
    return new Map(
      wanted.map((policy) => [
        policy.id,
        {
          policy: policy.name,
          status: policy.enabled ? 'enable' : 'disable',
          monitorMode: policy.monitorMode ? 'enable' : 'disable',
          rule: ruleReport(policy),
          missingLink: policy.missingLink,
          synCookie: synCookieReport(policy, kernel),
          connections: held.get(policy.id) ?? 0,
          listeners: listenerReports(policy, listeners),
          members: memberReports(policy, members),
          membersLeftOut: policy.membersLeftOut,
        },
      ]),
    );
  }

  measure(policy: number | null): Promise<Measurements> {
    return measure(this.#measured(), policy);
  }

  health(): Health {
    return healthOf(this.#measured());
  }

  #measured(): Measured {
    const { workers, policies, logs, mainBeat, configuration } = this.#parts;
    return {
      workers,
      policies,
      mainBeat,
      configuration,
      logDropped: () => logs.status().reduce((sum, { dropped }) => sum + dropped, 0),
      status: () => this.status(),
      cluster: () => this.cluster(),
      reports: (only) => this.#policyReports(only),
    };
  }

  async sources(policy: number | null, count: number, by: SourceOrder): Promise<readonly SourceReport[]> {
    const now = monotonicNow();
    const ranking = { by, count, ...(policy === null ? {} : { policy }) };
    const top = await wholly(() => topSources(this.#parts.workers.table, now, ranking));
    return top.sources.map((source) => ({
      policy: this.#nameOf(source.policy),
      source: sourceText(source),
      open: source.open,
      elsewhere: this.#parts.cluster.heldElsewhere(source),
      shadow: source.shadow,
      silent: source.silent,
      peak: source.peak,
      refused: source.refused,
      blocked: secondsUntil(source.blockedUntil, now),
    }));
  }

  async advice(policy: number): Promise<AdviceReport> {
    return adviceOn(this.#parts.workers.table, this.#policy(policy), monotonicNow());
  }

  async blocks(policy: number | null): Promise<readonly BlockReport[]> {
    await this.#parts.kernel.readPackets();
    const { found } = await wholly(() => this.#listBlocks(policy));
    return found;
  }

  someBlocked(policy: number, prefix: string): readonly BlockedReport[] {
    const now = monotonicNow();
    const found: BlockedReport[] = [];
    const slice = new TimeSlice();
    const steps = listBlocks(this.#parts.workers.table, now, (block) => {
      const source = sourceText(block);
      if (block.policy === policy && source.startsWith(prefix))
        found.push({ source, remaining: secondsUntil(block.until, now) });
    });
    while (steps.next().done !== true && found.length < mostOffered && !slice.isOver);
    return found.slice(0, mostOffered);
  }

  /** The longest first. */
  *#listBlocks(
    policy: number | null,
  ): Steps<{ readonly isComplete: boolean; readonly found: readonly BlockReport[] }> {
    const now = monotonicNow();
    const wall = Date.now();
    /** By the seconds that are left: to sort them would take long, and could not be interrupted. */
    const found: BlockReport[][] = [];
    const isComplete = yield* listBlocks(this.#parts.workers.table, now, (block) => {
      if (policy !== null && block.policy !== policy) return;
      const remaining = secondsUntil(block.until, now);
      found[remaining] ??= [];
      found[remaining].push({
        policy: this.#nameOf(block.policy),
        source: sourceText(block),
        remaining,
        until: new Date(wall + block.until - now).toISOString(),
        refused: block.refused,
        kernelRefused: this.#parts.kernel.packets.of(block),
        node: this.#parts.cluster.blockedBy(block),
        enforced: this.#parts.policies.get(block.policy)?.monitorMode !== true,
      });
    });
    return { isComplete, found: found.reverse().flat() };
  }

  liftBlock(policy: number, address: string, author: Author): ReturnType<System['liftBlock']> {
    const { workers, blocks, kernel, cluster, record } = this.#parts;
    const lifted: SourceIdentity[] = [];
    const result = liftBlock(workers.table, policy, address, monotonicNow(), (source) => lifted.push(source));
    // Otherwise a restart would restore the block.
    blocks.forget(lifted);
    kernel.lifted(lifted);
    cluster.lift(lifted, author.name);
    if (result === 'busy') throw new Error('the sources table is busy; try again');
    if (result === 'lifted') {
      record(blockLifted({ user: author.name, ui: author.origin, policy, source: address }));
    }
    return result;
  }

  orderBlock(
    policy: number,
    address: string,
    seconds: number,
    author: Author,
  ): ReturnType<System['orderBlock']> {
    const { workers, record } = this.#parts;
    const snapshot = this.#policy(policy);
    if (snapshot.monitorMode) return 'monitor-mode';
    let source = address;
    const begun = (identity: SourceIdentity): void => {
      source = sourceText(identity);
    };
    const limit = limitOf(snapshot);
    const trusted = (words: Uint32Array): boolean => isTrusted(marksOf(limit, words));
    const result = orderBlock(workers.table, limit, trusted, address, seconds, monotonicNow(), begun);
    if (result === 'busy') throw new Error('the sources table is busy; try again');
    if (result === 'blocked') {
      workers.countBlock(policy);
      record(blockOrdered({ user: author.name, ui: author.origin, policy, source, seconds }));
    }
    return result;
  }

  cluster(): ClusterReport | null {
    return this.#parts.cluster.report();
  }

  sharedSources(count: number): Promise<readonly SharedSourceReport[]> {
    return this.#parts.cluster.sources(count);
  }

  async listConnections(policy: number, count: number): Promise<ConnectionsReport> {
    const { total, connections } = await this.#parts.workers.listConnections(policy, count);
    return {
      total,
      connections: connections.map((connection) => ({
        source: connection.source,
        sourcePort: connection.sourcePort,
        peer: connection.peer,
        destination: endpointText({ address: connection.destination, port: connection.destinationPort }),
        member:
          connection.member === ''
            ? ''
            : endpointText({ address: connection.member, port: connection.memberPort }),
        state: connection.state,
        age: Math.floor(connection.age / 1000),
        received: connection.received,
        sent: connection.sent,
      })),
    };
  }

  async restartHot(author: Author): ReturnType<System['restartHot']> {
    if (this.replace === null) throw new Error('only "levee daemon" can be replaced by another process');
    return this.replace(author);
  }

  status(): EnforcerReport {
    const { workers, kernel } = this.#parts;
    const { engine, revision, counts, descriptorLimit, mostWaiting, listeners } = workers.status();
    const sum = (pick: (one: (typeof counts)[number]) => number): number =>
      counts.reduce((total, one) => total + pick(one), 0);
    const { used, capacity, fullAdmitted, fullRefused } = tableUsage(workers.table);
    return {
      runningSince: this.#runningSince,
      stopping: this.isStopping,
      process: process.pid,
      successor: this.successor,
      revision,
      workers: counts.length,
      engine,
      listeners: {
        listening: listeners.filter(({ message }) => message === '').length,
        failed: workers.listenerFailures().length,
      },
      connections: sum(({ connections }) => connections),
      formerConnections: this.formerConnections(),
      admitted: sum(({ admitted }) => admitted),
      refused: sum(({ refused }) => refused),
      headersFailed: sum(({ headersFailed }) => headersFailed),
      looped: sum(({ looped }) => looped),
      descriptors: {
        used: sum(({ descriptors }) => descriptors),
        limit: descriptorLimit,
        refused: sum(({ outOfDescriptors }) => outOfDescriptors),
      },
      sources: { used, capacity, admittedUncounted: fullAdmitted, refused: fullRefused },
      kernel: kernel.status(),
      memory: process.memoryUsage.rss(),
      waiting: {
        used: sum(({ waiting }) => waiting),
        limit: mostWaiting,
        refused: sum(({ outOfMemory }) => outOfMemory),
      },
    };
  }

  #policy(id: number): PolicySnapshot {
    const policy = this.#parts.policies.get(id);
    if (policy === undefined) throw new Error('there is no such policy');
    return policy;
  }

  #nameOf(policy: number): string {
    return this.#parts.policies.get(policy)?.name ?? String(policy);
  }
}

function ruleReport({ rule }: PolicySnapshot): RuleReport | null {
  if (rule === null) return null;
  const { name, action, threshold, silentThreshold } = rule;
  return { name, action, threshold, silentThreshold };
}

function synCookieReport(
  { id, halfOpenThreshold }: PolicySnapshot,
  kernel: KernelKeeper,
): PolicyReport['synCookie'] {
  return halfOpenThreshold === null ? null : { threshold: halfOpenThreshold, ...kernel.synCookieOf(id) };
}

function listenerReports(policy: PolicySnapshot, listeners: readonly ListenerStatus[]): ListenerReport[] {
  const placed = listeners
    .filter((listener) => listener.policy === policy.id)
    .map(
      ({ address, port, message }): ListenerReport => ({
        address,
        interface: '',
        port,
        state: message === '' ? 'listening' : 'failed',
        reason: message,
      }),
    );
  const unplaced = policy.unplaced.map(
    (listener): ListenerReport => ({ address: '', ...listener, state: 'down' }),
  );
  return policy.enabled ? [...placed, ...unplaced] : placed;
}

function memberReports(policy: PolicySnapshot, states: readonly MemberState[]): MemberReport[] {
  const wanted = new Set(policy.members.map(({ id }) => id));
  return states
    .filter(({ id }) => wanted.has(id))
    .map(({ name, state, open, reason }) => ({ member: name, state, connections: open, reason }));
}

/** Blocked sources that are offered where one is named. */
const mostOffered = 200;

/** More than a worker that lives is ever in a shard for; what one has died in is missing until it is recovered. */
const mostTries = 5;

/** Lists again while a shard is busy, so that its sources are not left out. */
async function wholly<T extends { readonly isComplete: boolean }>(list: () => Steps<T>): Promise<T> {
  let listed = await inTurns(list());
  for (let tries = 1; !listed.isComplete && tries < mostTries; tries++) listed = await inTurns(list());
  return listed;
}

function secondsUntil(end: number | null, now: number): number {
  return end === null ? 0 : Math.max(0, Math.ceil((end - now) / 1000));
}
