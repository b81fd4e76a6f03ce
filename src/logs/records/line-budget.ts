import type { PolicySnapshot } from '../../policy/snapshot.ts';
import type { ViolationRecord } from '../../verdict/judge/records.ts';
import type { Reason } from '../../verdict/table/reasons.ts';

/** What a line is to be made of. `sources`: set where it stands for all sources that had no line left. */
export type BudgetedRecord = {
  readonly record: ViolationRecord;
  readonly policy: PolicySnapshot;
  readonly sources?: number;
};

/** Lines that a policy may have in one interval, before its other sources share one. */
const standardLines = 100;
/** Sources that are counted for `sources`; beyond it the number stays. */
const mostSources = 100_000;

/** The address of a record of many sources: no client has it, and every parser of addresses reads it. */
const manySources = '0.0.0.0';

type Others = {
  policy: PolicySnapshot;
  record: ViolationRecord;
  readonly since: number;
  readonly sources: Set<string>;
};

type Interval = {
  readonly began: number;
  lines: number;
  /** What had no line left, by what was broken: another list or rule may have another trigger. */
  readonly others: Map<Reason, Others>;
};

/**
 * Bounds the lines of the attack log: however many sources violate a policy, so many lines an interval, then one for
 * all others of each reason. The sum of `count` and of `wouldRefuse` is what went in, once `close` was called.
 * Times are of a monotonic clock, in milliseconds.
 */
export class LineBudget {
  /** Milliseconds. */
  interval: number;
  readonly #lines: number;
  readonly #intervals = new Map<number, Interval>();

  constructor(interval: number, lines = standardLines) {
    this.interval = interval;
    this.#lines = lines;
  }

  /** What is to be written now that this record has come; often it alone. */
  take(record: ViolationRecord, policy: PolicySnapshot, now: number): readonly BudgetedRecord[] {
    const known = this.#intervals.get(policy.id);
    const isOver = known !== undefined && now - known.began >= this.interval;
    const due = isOver ? this.#end(policy.id, known) : [];
    const interval = known === undefined || isOver ? this.#begin(policy.id, now) : known;
    if (interval.lines < this.#lines) {
      interval.lines += 1;
      return [...due, { record, policy }];
    }
    fold(interval.others, record, policy);
    return due;
  }

  /** What is to be written because an interval is over. */
  due(now: number): readonly BudgetedRecord[] {
    return [...this.#intervals]
      .filter(([, { began }]) => now - began >= this.interval)
      .flatMap(([policy, interval]) => this.#end(policy, interval));
  }

  /** All that is still to be written. */
  close(): readonly BudgetedRecord[] {
    return [...this.#intervals].flatMap(([policy, interval]) => this.#end(policy, interval));
  }

  #begin(policy: number, now: number): Interval {
    const interval = { began: now, lines: 0, others: new Map<Reason, Others>() };
    this.#intervals.set(policy, interval);
    return interval;
  }

  #end(policy: number, { others }: Interval): BudgetedRecord[] {
    this.#intervals.delete(policy);
    return [...others.values()].map(({ record, policy: latest, sources }) => ({
      record,
      policy: latest,
      sources: sources.size,
    }));
  }
}

function fold(others: Map<Reason, Others>, record: ViolationRecord, policy: PolicySnapshot): void {
  const known = others.get(record.reason);
  if (known === undefined) {
    const first = { ...record, phase: 'summary', source: manySources, sourcePort: 0, duration: 0 } as const;
    others.set(record.reason, {
      policy,
      record: { ...first, total: record.count },
      since: record.time,
      sources: new Set([record.source]),
    });
    return;
  }
  const { record: sum, since, sources } = known;
  if (sources.size < mostSources) sources.add(record.source);
  known.policy = policy;
  known.record = {
    ...sum,
    time: Math.max(sum.time, record.time),
    threshold: record.threshold,
    open: Math.max(sum.open, record.open),
    peak: Math.max(sum.peak, record.peak),
    silent: Math.max(sum.silent, record.silent),
    elsewhere: Math.max(sum.elsewhere ?? 0, record.elsewhere ?? 0),
    count: sum.count + record.count,
    wouldRefuse: sum.wouldRefuse + record.wouldRefuse,
    kernelRefused: (sum.kernelRefused ?? 0) + (record.kernelRefused ?? 0),
    total: sum.total + record.count,
    duration: Math.max(0, record.time - since),
  };
}
