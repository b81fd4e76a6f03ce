import { monotonicNow } from '../../enforcer/engine/clock.ts';
import { describe, type Event, named, type RaisedEvent } from '../../events/events.ts';
import type { RefusedPackets, Untold } from '../../kernel/refused-packets.ts';
import type { SynFloodLine } from '../../kernel/syn-floods.ts';
import { synFloodRecord } from '../../logs/kinds/attack.ts';
import { trafficRecord } from '../../logs/kinds/traffic.ts';
import type { Logs } from '../../logs/logs.ts';
import type { PolicySnapshot } from '../../policy/snapshot.ts';
import { limitOf, thresholdOf } from '../../verdict/judge/limit.ts';
import type { TrafficRecord, ViolationRecord } from '../../verdict/judge/records.ts';
import type { EpisodeLine } from '../../verdict/upkeep/source-state.ts';
import type { Journal } from './journal.ts';

const nothing: Pick<RefusedPackets, 'take'> = { take: () => 0 };

/** What the data plane reports, in the logs: it knows policies by their row ids, the logs by what they are now. */
export class DataPlaneLog {
  readonly #policies: ReadonlyMap<number, PolicySnapshot>;
  readonly #logs: Logs;
  readonly #journal: Journal;
  /** What the kernel has refused in Levee's place. */
  kernel: Pick<RefusedPackets, 'take'> = nothing;

  /** `policies`: those that the data plane runs or still reports about, by row id. */
  constructor(policies: ReadonlyMap<number, PolicySnapshot>, logs: Logs, journal: Journal) {
    this.#policies = policies;
    this.#logs = logs;
    this.#journal = journal;
  }

  violations(records: readonly ViolationRecord[]): void {
    for (const record of records) {
      const policy = this.#policies.get(record.policy);
      if (policy !== undefined) this.#logs.violation(record, policy);
    }
  }

  episode(line: EpisodeLine): void {
    const policy = this.#policies.get(line.policy);
    if (policy !== undefined) this.#logs.violation(violationOf(line, policy, this.kernel.take(line)), policy);
  }

  /** What the kernel has refused of a source of which no episode tells. */
  kernelRefused({ policy, source, prefix, packets }: Untold): void {
    const running = this.#policies.get(policy);
    if (running === undefined) return;
    const line: EpisodeLine = {
      ...{ policy, source, prefix },
      phase: 'end',
      reason: 'connections',
      lastViolation: monotonicNow(),
      ...{ count: 0, wouldRefuse: 0, total: 0, duration: 0, peak: 0, open: 0, silent: 0 },
    };
    this.#logs.violation(violationOf(line, running, packets), running);
  }

  synFlood(line: SynFloodLine): void {
    const policy = this.#policies.get(line.policy);
    if (policy === undefined) return;
    const [endpoint] = policy.endpoints;
    const record: ViolationRecord = {
      ...line,
      reason: 'connections',
      time: Date.now(),
      source: '0.0.0.0',
      sourcePort: 0,
      destination: endpoint?.address ?? '',
      destinationPort: endpoint?.port ?? 0,
      threshold: policy.halfOpenThreshold ?? 0,
      ...{ open: 0, silent: 0, wouldRefuse: 0 },
    };
    this.#logs.record(synFloodRecord(record, policy));
  }

  traffic(records: readonly TrafficRecord[]): void {
    for (const record of records) {
      const policy = this.#policies.get(record.policy);
      if (policy !== undefined) this.#logs.record(trafficRecord(record, policy));
    }
  }

  event(event: RaisedEvent): void {
    this.#journal.record(this.#named(event));
  }

  /** An event in a line for a person. */
  textOf(event: RaisedEvent): string {
    return describe(this.#named(event)).text;
  }

  #named(event: RaisedEvent): Event {
    return named(event, (policy) => this.#policies.get(policy)?.name ?? String(policy));
  }
}

/** The record of an episode that goes on or has ended: of its source, not of one connection. */
function violationOf(line: EpisodeLine, policy: PolicySnapshot, kernelRefused: number): ViolationRecord {
  const { prefix: _, lastViolation, ...rest } = line;
  const [endpoint] = policy.endpoints;
  return {
    ...rest,
    ...(kernelRefused > 0 ? { kernelRefused } : {}),
    time: Date.now() - (monotonicNow() - lastViolation),
    sourcePort: 0,
    destination: endpoint?.address ?? '',
    destinationPort: endpoint?.port ?? 0,
    threshold: thresholdOf(limitOf(policy), line.reason),
  };
}
