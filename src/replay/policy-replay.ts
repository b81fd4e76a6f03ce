import type { PolicySnapshot } from '../policy/snapshot.ts';
import type { PeakCount } from '../verdict/advice.ts';
import type { Gate } from '../verdict/gate.ts';
import { type Limit, limitOf } from '../verdict/limit.ts';
import {
  ADMIT_REPORT,
  isAdmitted,
  REFUSE_REPORT,
  REFUSE_TABLE_FULL,
  type Verdict,
} from '../verdict/verdict.ts';
import type { PolicyResult, Sum } from './result.ts';
import { type Prefixes, sourceKey, sourceName } from './source-names.ts';
import { SourceRecord } from './source-record.ts';

/** A source as the rule counts it. */
type Source = { readonly name: string; open: number; peak: number; readonly held: Set<Replayed> };

/** A connection of the capture that is open there, whatever has become of it here. */
export type Replayed = {
  readonly of: PolicyReplay;
  readonly source: Source;
  readonly record: SourceRecord;
  /** Its number at the gate; -1: it was refused, or a block has closed it. */
  entry: number;
  hasSpoken: boolean;
};

type Silence = { readonly connection: Replayed; readonly due: number };

const HIGHEST = 10;
/** Seconds; of a policy without a rule. */
const SILENT_AFTER = 10;

/** One policy of a replay: its connections before the gate, and what is noted of them. */
export class PolicyReplay {
  readonly snapshot: PolicySnapshot;
  readonly limit: Limit;
  readonly #gate: Gate;
  /** By which addresses are told apart in the result. */
  readonly #grouping: Prefixes;
  readonly #sources = new Map<number | string, Source>();
  readonly #records = new Map<number | string, SourceRecord>();
  /** Connections in the order in which they would fall silent; those before the hand are dealt with. */
  #silences: Silence[] = [];
  #silencesAt = 0;
  #connections = 0;
  #open = 0;
  #peak = 0;
  #held = 0;
  #mostHeld = 0;
  #tableFull = 0;

  constructor(snapshot: PolicySnapshot, gate: Gate, grouping?: Prefixes) {
    this.snapshot = snapshot;
    this.limit = limitOf(snapshot);
    this.#gate = gate;
    this.#grouping = grouping ?? this.limit;
  }

  /** The gate says more about the verdict. */
  open(address: Uint32Array, now: number): { readonly connection: Replayed; readonly verdict: Verdict } {
    const source = this.#sourceOf(address);
    const record = this.#recordOf(address);
    const verdict = this.#gate.admit(this.limit, address, now);
    const connection: Replayed = {
      of: this,
      source,
      record,
      entry: this.#gate.connection,
      hasSpoken: false,
    };
    this.#connections++;
    this.#peak = Math.max(this.#peak, ++this.#open);
    record.connections++;
    source.peak = Math.max(source.peak, ++source.open);
    if (isAdmitted(verdict)) this.#admitted(connection, now);
    this.#note(record, verdict, now);
    if (this.#gate.startedBlock) this.#block(source, record, now);
    return { connection, verdict };
  }

  spoke(connection: Replayed): void {
    connection.hasSpoken = true;
    if (connection.entry >= 0) this.#gate.spoke(connection.entry);
  }

  close(connection: Replayed): void {
    this.#open--;
    connection.source.open--;
    if (connection.entry >= 0) this.#release(connection);
  }

  /** Counts those as silent that have sent nothing for too long. */
  fallSilent(now: number): void {
    for (;;) {
      const next = this.#silences[this.#silencesAt];
      if (next === undefined || next.due > now) break;
      this.#silencesAt++;
      const { entry, hasSpoken } = next.connection;
      if (entry >= 0 && !hasSpoken) this.#gate.fellSilent(entry);
    }
    if (this.#silencesAt > 1000 && this.#silencesAt * 2 > this.#silences.length) {
      this.#silences = this.#silences.slice(this.#silencesAt);
      this.#silencesAt = 0;
    }
  }

  get records(): Iterable<SourceRecord> {
    return this.#records.values();
  }

  get result(): PolicyResult {
    const { name, rule, monitorMode } = this.snapshot;
    const records = [...this.#records.values()];
    const sources = [...this.#sources.values()].sort((one, other) => other.peak - one.peak);
    const [first] = sources;
    return {
      policy: name,
      rule: rule && { name: rule.name, threshold: rule.threshold, action: rule.action },
      monitorMode,
      connections: this.#connections,
      sources: this.#sources.size,
      peak: this.#peak,
      peakOfSource: first === undefined ? null : { source: first.name, peak: first.peak },
      held: this.#mostHeld,
      reported: sumOf(records, 'reported', 'firstReported'),
      refused: sumOf(records, 'refused', 'firstRefused'),
      blocked: sumOf(records, 'closed', 'firstBlocked'),
      wouldRefuse: records.reduce((sum, { wouldRefuse }) => sum + wouldRefuse, 0),
      tableFull: this.#tableFull,
      peaks: peakCounts(sources),
      highest: sources.slice(0, HIGHEST).map(({ name: source, peak }) => ({ source, peak })),
      affected: records
        .filter(({ fate }) => fate !== 'admitted')
        .sort((one, other) => one.first - other.first)
        .map(({ result }) => result),
      notes: notesOn(this.snapshot),
    };
  }

  #admitted(connection: Replayed, now: number): void {
    connection.source.held.add(connection);
    this.#mostHeld = Math.max(this.#mostHeld, ++this.#held);
    if (this.limit.silentThreshold === 0) return;
    const due = now + (this.snapshot.rule?.silentAfter ?? SILENT_AFTER) * 1000;
    this.#silences.push({ connection, due });
  }

  #note(record: SourceRecord, verdict: Verdict, now: number): void {
    if (this.#gate.wouldRefuse) record.wouldRefuse++;
    if (verdict === ADMIT_REPORT || verdict === REFUSE_REPORT) {
      record.reported++;
      record.firstReported ??= now;
    }
    if (verdict === REFUSE_TABLE_FULL) this.#tableFull++;
    if (!isAdmitted(verdict)) {
      record.refused++;
      record.firstRefused ??= now;
    }
  }

  /** As the workers do when a block begins: what the source holds is closed, but for what the block does not cover. */
  #block(source: Source, record: SourceRecord, now: number): void {
    record.blocks++;
    record.firstBlocked ??= now;
    for (const connection of [...source.held]) {
      if (!this.#gate.blocked(connection.entry, this.limit, now)) continue;
      connection.record.closed++;
      this.#release(connection);
    }
  }

  #release(connection: Replayed): void {
    this.#gate.release(connection.entry);
    connection.entry = -1;
    connection.source.held.delete(connection);
    this.#held--;
  }

  #sourceOf(address: Uint32Array): Source {
    const key = sourceKey(address, this.limit);
    const known = this.#sources.get(key);
    if (known !== undefined) return known;
    const source: Source = { name: sourceName(address, this.limit), open: 0, peak: 0, held: new Set() };
    this.#sources.set(key, source);
    return source;
  }

  #recordOf(address: Uint32Array): SourceRecord {
    const key = sourceKey(address, this.#grouping);
    const known = this.#records.get(key);
    if (known !== undefined) return known;
    const record = new SourceRecord(sourceName(address, this.#grouping));
    this.#records.set(key, record);
    return record;
  }
}

const sumOf = (
  records: readonly SourceRecord[],
  count: 'reported' | 'refused' | 'closed',
  first: 'firstReported' | 'firstRefused' | 'firstBlocked',
): Sum => {
  const moments = records.flatMap((record) => record[first] ?? []);
  return {
    sources: moments.length,
    connections: records.reduce((sum, record) => sum + record[count], 0),
    first: moments.length === 0 ? null : moments.reduce((one, other) => Math.min(one, other)),
  };
};

const peakCounts = (sources: readonly Source[]): PeakCount[] => {
  const counts = new Map<number, number>();
  for (const { peak } of sources) counts.set(peak, (counts.get(peak) ?? 0) + 1);
  return [...counts].map(([peak, count]) => ({ peak, sources: count })).sort((a, b) => a.peak - b.peak);
};

const notesOn = ({ scripts, proxyProtocol }: PolicySnapshot): string[] => [
  ...(scripts.length > 0 ? ['its scripts were not run: what they refuse or block is not in here'] : []),
  ...(proxyProtocol !== null
    ? ['PROXY headers were not read: each proxy is counted as the source of its connections']
    : []),
];
