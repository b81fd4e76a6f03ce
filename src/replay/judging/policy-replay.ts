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
import { emptyList, NONE } from '../links.ts';
import { mostNamed, type PolicyResult, type SourceResult, type Sum } from '../report/result.ts';
import type { OpenConnections } from './open-connections.ts';
import type { Silences } from './silences.ts';
import { type Room, SourceBook } from './source-book.ts';
import { type Prefixes, sameSources } from './source-names.ts';
import {
  BLOCKS,
  CLOSED,
  REFUSED,
  REPORTED,
  SourceRecords,
  type Timed,
  WOULD_REFUSE,
} from './source-records.ts';

const highestShown = 10;
/** More than a book has entries. */
const entries = 2 ** 24;
/** Seconds; of a policy without a rule. */
const silentAfter = 10;

/** What the policies of a replay have in common. */
export type Shared = {
  readonly gate: Gate;
  readonly connections: OpenConnections;
  readonly silences: Silences;
  /** For sources that are to be named. */
  readonly room: Room;
};

type Running = { -readonly [member in keyof Sum]: Sum[member] };

function noSum(): Running {
  return { sources: 0, connections: 0, first: null };
}

/** One policy of a replay: its connections before the gate, and what is noted of them. */
export class PolicyReplay {
  readonly snapshot: PolicySnapshot;
  readonly limit: Limit;
  readonly book: SourceBook;
  readonly records = new SourceRecords();
  readonly #shared: Shared;
  /** Its number among the policies of the replay. */
  readonly #number: number;
  /** By which addresses are told apart in the result; null: by the sources of the rule. */
  readonly #grouping: Prefixes | null;
  readonly #silent = emptyList();
  /** Records of those that were not merely admitted, in the order in which that came; as many as are named. */
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
    connections.add(connection, { policy: this.#number, source, group, place: gate.judgement.connection });
    this.#connections++;
    this.#peak = Math.max(this.#peak, ++this.#open);
    this.book.opened(source);
    if (group !== NONE) this.book.countConnection(group);
    if (group === NONE || this.book.isPassing(source)) this.#unnamed++;
    if (isAdmitted(verdict)) this.#admitted(connection, source, now);
    this.#note(group, verdict, now);
    if (gate.judgement.startedBlock) this.#block(source, group, now);
    return verdict;
  }

  spoke(connection: number): void {
    const { gate, connections, silences } = this.#shared;
    const place = connections.placeOf(connection);
    if (place === NONE) return;
    silences.remove(this.#silent, connection);
    gate.spoke(place);
  }

  close(connection: number): void {
    const { connections } = this.#shared;
    this.#open--;
    if (connections.placeOf(connection) !== NONE) this.#release(connection);
    this.book.closed(connections.sourceOf(connection));
    connections.remove(connection);
  }

  /** Counts those as silent that have sent nothing for too long. */
  fallSilent(now: number): void {
    const { gate, connections, silences } = this.#shared;
    for (;;) {
      const connection = silences.takeDue(this.#silent, now);
      if (connection === NONE) return;
      gate.fellSilent(connections.placeOf(connection));
    }
  }

  /** Connections of sources that are not in the book for good. */
  get unnamed(): number {
    return this.#unnamed;
  }

  /** What became of a source of the book. */
  resultOf(entry: number): SourceResult {
    const { book, records } = this;
    return records.resultOf(book.recordOf(entry), book.nameOf(entry), book.connectionsOf(entry));
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
      affected: this.#affected.map((record) => this.resultOf(this.records.entryOf(record))),
      affectedInAll: this.#affectedInAll,
      notes: notesOn(this.snapshot),
    };
  }

  #groupOf(source: number, address: Uint32Array): number {
    if (this.#grouping !== null) return this.book.enter(address, this.#grouping);
    return this.book.isPassing(source) ? NONE : source;
  }

  #admitted(connection: number, source: number, now: number): void {
    const { connections, silences } = this.#shared;
    const first = this.book.heldOf(source);
    connections.held.join(NONE, connection);
    connections.held.join(connection, first);
    this.book.setHeld(source, connection);
    this.#mostHeld = Math.max(this.#mostHeld, ++this.#held);
    if (this.limit.silentThreshold === 0) return;
    const due = now + (this.snapshot.rule?.silentAfter ?? silentAfter) * 1000;
    silences.add(this.#silent, connection, due);
  }

  #note(group: number, verdict: Verdict, now: number): void {
    const isReport = verdict === ADMIT_REPORT || verdict === REFUSE_REPORT;
    const isRefusal = !isAdmitted(verdict);
    const { wouldRefuse } = this.#shared.gate.judgement;
    if (!isReport && !isRefusal && !wouldRefuse) return;
    const record = this.#recordOf(group);
    if (wouldRefuse) {
      this.#wouldRefuse++;
      if (record !== NONE) this.records.count(record, WOULD_REFUSE);
    }
    if (verdict === REFUSE_TABLE_FULL) this.#tableFull++;
    if (record !== NONE && this.records.since(record) === Infinity && (isReport || isRefusal)) {
      if (this.#affectedInAll++ < mostNamed) this.#affected.push(record);
    }
    if (isReport) {
      this.#reported.connections++;
      this.#sum(this.#reported, record, REPORTED, now);
    }
    if (isRefusal) {
      this.#refused.connections++;
      this.#sum(this.#refused, record, REFUSED, now);
    }
  }

  #sum(sum: Running, record: number, counter: Timed, now: number): void {
    sum.first ??= now;
    if (record !== NONE && this.records.countAt(record, counter, now)) sum.sources++;
  }

  /** As the workers do when a block begins: what the source holds is closed, but for what the block does not cover. */
  #block(source: number, group: number, now: number): void {
    const { gate, connections } = this.#shared;
    this.#sum(this.#blocked, this.#recordOf(group), BLOCKS, now);
    let next = this.book.heldOf(source);
    while (next !== NONE) {
      const connection = next;
      next = connections.held.after(connection);
      if (!gate.blocked(connections.placeOf(connection), this.limit, now)) continue;
      this.#blocked.connections++;
      const record = this.#recordOf(connections.groupOf(connection));
      if (record !== NONE) this.records.count(record, CLOSED);
      this.#release(connection);
    }
  }

  #release(connection: number): void {
    const { gate, connections, silences } = this.#shared;
    gate.release(connections.placeOf(connection));
    connections.losePlace(connection);
    silences.remove(this.#silent, connection);
    const [before, after] = [connections.held.before(connection), connections.held.after(connection)];
    connections.held.join(before, after);
    if (before === NONE) this.book.setHeld(connections.sourceOf(connection), after);
    this.#held--;
  }

  #recordOf(group: number): number {
    if (group === NONE) return NONE;
    const known = this.book.recordOf(group);
    if (known !== NONE) return known;
    const record = this.records.add(group);
    this.book.setRecord(group, record);
    return record;
  }
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
