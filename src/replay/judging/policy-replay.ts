import type { PolicySnapshot } from '../../policy/snapshot.ts';
import type { Gate } from '../../verdict/judge/gate.ts';
import { type Limit, limitOf } from '../../verdict/judge/limit.ts';
import {
  ADMIT_REPORT,
  isAdmitted,
  REFUSE_REPORT,
  REFUSE_TABLE_FULL,
  type Verdict,
} from '../../verdict/judge/verdict.ts';
import type { PeakCount } from '../../verdict/upkeep/threshold-advice.ts';
import { Top } from '../../verdict/upkeep/top.ts';
import { emptyList, type Links, NONE } from '../links.ts';
import { mostNamed, type PolicyResult, type SourceResult, type Sum } from '../report/result.ts';
import type { OpenConnection } from './open-connection.ts';
import type { Silences } from './silences.ts';
import { type Room, SourceBook } from './source-book.ts';
import { type Prefixes, sameSources } from './source-names.ts';
import {
  affectedSince,
  emptyRecord,
  nothingRecorded,
  type SourceRecord,
  sourceResult,
} from './source-record.ts';

const highestShown = 10;
/** More than a book has entries. */
const entries = 2 ** 24;
/** Seconds; of a policy without a rule. */
const silentAfter = 10;

/** What the policies of a replay have in common. */
export type Shared = {
  readonly gate: Gate;
  /** Connections of the capture that are open there, of all policies. */
  readonly connections: (OpenConnection | undefined)[];
  /** Those that one source holds are linked. */
  readonly held: Links;
  readonly silences: Silences;
  /** For sources that are to be named. */
  readonly room: Room;
};

type Running = { -readonly [member in keyof Sum]: Sum[member] };

function noSum(): Running {
  return { sources: 0, connections: 0, first: null };
}

/** One policy of a replay: its connections before the gate, and what became of them. */
export class PolicyReplay {
  readonly snapshot: PolicySnapshot;
  readonly limit: Limit;
  readonly book: SourceBook;
  /** By entry of the book: sources that were not merely admitted, in the order in which that came. */
  readonly records = new Map<number, SourceRecord>();
  readonly #shared: Shared;
  /** Its number among the policies of the replay. */
  readonly #number: number;
  /** By which addresses are told apart in the result; null: by the sources of the rule. */
  readonly #grouping: Prefixes | null;
  readonly #silent = emptyList();
  /** Sources that were reported or refused, in the order in which that came; as many as are named. */
  readonly #affected: number[] = [];
  #affectedInAll = 0;
  readonly #reported = noSum();
  readonly #refused = noSum();
  readonly #blocked = noSum();
  #wouldRefuse = 0;
  #connections = 0;
  #unnamed = 0;
  #open = 0;
  #peak = 0;
  #held = 0;
  #mostHeld = 0;
  #tableFull = 0;

  constructor(snapshot: PolicySnapshot, number: number, shared: Shared, grouping?: Prefixes) {
    this.snapshot = snapshot;
    this.limit = limitOf(snapshot);
    this.book = new SourceBook(snapshot.id, shared.room);
    this.#number = number;
    this.#shared = shared;
    this.#grouping = grouping === undefined || sameSources(grouping, this.limit) ? null : grouping;
  }

  /** The gate says more about the verdict. */
  open(connection: number, address: Uint32Array, now: number): Verdict {
    const { gate, connections } = this.#shared;
    const source = this.book.enterOpen(address, this.limit);
    const group = this.#groupOf(source, address);
    const verdict = gate.admit(this.limit, address, now);
    connections[connection] = { policy: this.#number, source, group, atGate: gate.judgement.connection };
    this.#connections++;
    this.#peak = Math.max(this.#peak, ++this.#open);
    this.book.opened(source);
    if (group !== NONE) this.book.countConnection(group);
    if (group === NONE || this.book.isPassing(source)) this.#unnamed++;
    if (isAdmitted(verdict)) this.#admitted(connection, source, now);
    this.#record(group, verdict, now);
    if (gate.judgement.startedBlock) this.#block(source, group, now);
    return verdict;
  }

  spoke(connection: number): void {
    const { gate, connections, silences } = this.#shared;
    const atGate = connections[connection]?.atGate ?? NONE;
    if (atGate === NONE) return;
    silences.remove(this.#silent, connection);
    gate.spoke(atGate);
  }

  close(connection: number): void {
    const { connections } = this.#shared;
    const open = connections[connection];
    if (open === undefined) return;
    this.#open--;
    if (open.atGate !== NONE) this.#release(connection, open);
    this.book.closed(open.source);
    connections[connection] = undefined;
  }

  /** Counts those as silent that have sent nothing for too long. */
  fallSilent(now: number): void {
    const { gate, connections, silences } = this.#shared;
    for (;;) {
      const connection = silences.takeDue(this.#silent, now);
      if (connection === NONE) return;
      gate.fellSilent(connections[connection]?.atGate ?? NONE);
    }
  }

  /** Connections of sources that are not in the book for good. */
  get unnamed(): number {
    return this.#unnamed;
  }

  /** What became of a source of the book. */
  recordOf(entry: number): Readonly<SourceRecord> {
    return this.records.get(entry) ?? nothingRecorded;
  }

  /** Likewise, with its name. */
  resultOf(entry: number): SourceResult {
    return sourceResult(this.recordOf(entry), this.book.nameOf(entry), this.book.connectionsOf(entry));
  }

  get result(): PolicyResult {
    const { name, rule, monitorMode } = this.snapshot;
    const counts = new Map<number, number>();
    const top = new Top<{ readonly entry: number; readonly peak: number }>(highestShown);
    let sources = 0;
    this.book.visitPeaks((entry, peak) => {
      sources++;
      counts.set(peak, (counts.get(peak) ?? 0) + 1);
      // Of equal peaks the first ones.
      const rank = peak * entries - entry;
      if (top.takes(rank)) top.add(rank, { entry, peak });
    });
    const highest = top.inOrder().map(({ entry, peak }) => ({ source: this.book.nameOf(entry), peak }));
    return {
      policy: name,
      rule: rule && { name: rule.name, threshold: rule.threshold, action: rule.action },
      monitorMode,
      connections: this.#connections,
      sources,
      peak: this.#peak,
      peakOfSource: highest[0] ?? null,
      held: this.#mostHeld,
      reported: { ...this.#reported },
      refused: { ...this.#refused },
      blocked: { ...this.#blocked },
      wouldRefuse: this.#wouldRefuse,
      tableFull: this.#tableFull,
      peaks: peakCounts(counts),
      highest,
      affected: this.#affected.map((entry) => this.resultOf(entry)),
      affectedInAll: this.#affectedInAll,
      notes: notesOn(this.snapshot),
    };
  }

  #groupOf(source: number, address: Uint32Array): number {
    if (this.#grouping !== null) return this.book.enter(address, this.#grouping);
    return this.book.isPassing(source) ? NONE : source;
  }

  #admitted(connection: number, source: number, now: number): void {
    const { held, silences } = this.#shared;
    held.join(NONE, connection);
    held.join(connection, this.book.heldOf(source));
    this.book.setHeld(source, connection);
    this.#mostHeld = Math.max(this.#mostHeld, ++this.#held);
    if (this.limit.silentThreshold === 0) return;
    const due = now + (this.snapshot.rule?.silentAfter ?? silentAfter) * 1000;
    silences.add(this.#silent, connection, due);
  }

  #record(group: number, verdict: Verdict, now: number): void {
    const isReport = verdict === ADMIT_REPORT || verdict === REFUSE_REPORT;
    const isRefusal = !isAdmitted(verdict);
    const { wouldRefuse } = this.#shared.gate.judgement;
    if (!isReport && !isRefusal && !wouldRefuse) return;
    const record = this.#recordFor(group);
    if (wouldRefuse) {
      this.#wouldRefuse++;
      record.wouldRefuse++;
    }
    if (verdict === REFUSE_TABLE_FULL) this.#tableFull++;
    if (group !== NONE && affectedSince(record) === Infinity && (isReport || isRefusal)) {
      if (this.#affectedInAll++ < mostNamed) this.#affected.push(group);
    }
    if (isReport) {
      this.#reported.connections++;
      record.reported++;
      record.firstReported ??= first(this.#reported, group, now);
    }
    if (isRefusal) {
      this.#refused.connections++;
      record.refused++;
      record.firstRefused ??= first(this.#refused, group, now);
    }
  }

  /** As the workers do when a block begins: what the source holds is closed, but for what the block does not cover. */
  #block(source: number, group: number, now: number): void {
    const { gate, connections, held } = this.#shared;
    const record = this.#recordFor(group);
    record.blocks++;
    record.firstBlocked ??= first(this.#blocked, group, now);
    let next = this.book.heldOf(source);
    while (next !== NONE) {
      const connection = next;
      next = held.after(connection);
      const open = connections[connection];
      if (open === undefined || !gate.blocked(open.atGate, this.limit, now)) continue;
      this.#blocked.connections++;
      this.#recordFor(open.group).closed++;
      this.#release(connection, open);
    }
  }

  #release(connection: number, open: OpenConnection): void {
    const { gate, held, silences } = this.#shared;
    gate.release(open.atGate);
    open.atGate = NONE;
    silences.remove(this.#silent, connection);
    const [before, after] = [held.before(connection), held.after(connection)];
    held.join(before, after);
    if (before === NONE) this.book.setHeld(open.source, after);
    this.#held--;
  }

  /** Of a source that has no name nothing is kept. */
  #recordFor(group: number): SourceRecord {
    const known = this.records.get(group);
    if (known !== undefined) return known;
    const record = emptyRecord();
    if (group !== NONE) this.records.set(group, record);
    return record;
  }
}

/** Counts a source of which this is the first connection in a sum. */
function first(sum: Running, group: number, now: number): number {
  sum.first ??= now;
  if (group !== NONE) sum.sources++;
  return now;
}

function peakCounts(counts: ReadonlyMap<number, number>): PeakCount[] {
  return [...counts].map(([peak, sources]) => ({ peak, sources })).sort((a, b) => a.peak - b.peak);
}

function notesOn({ scripts, proxyProtocol }: PolicySnapshot): string[] {
  return [
    ...(scripts.length > 0 ? ['its scripts were not run: what they refuse or block is not in here'] : []),
    ...(proxyProtocol !== null
      ? ['PROXY headers were not read: each proxy is counted as the source of its connections']
      : []),
  ];
}
