import type { RaisedEvent } from '../events/events.ts';
import { kernelBlocking, kernelNotBlocking, kernelTableRestored } from '../events/kernel.ts';
import type { Snapshot } from '../policy/snapshot.ts';
import { messageOf } from '../text/reason.ts';
import { TimeSlice } from '../time/time-slice.ts';
import { blocksStarted, KnownBlocks, type ListedBlock, listBlocks } from '../verdict/upkeep/blocks.ts';
import type { SourceIdentity } from '../verdict/upkeep/source-state.ts';
import type { Answering, SynCookieStatus } from './answering.ts';
import { BlockedSets } from './blocked-sets.ts';
import { type Change, setName } from './elements.ts';
import { isFailure, type KernelTable, type PutRules, type TableReading } from './kernel-table.ts';
import type { NftFailure } from './nft.ts';
import type { OpenConnection } from './open-connections.ts';
import { isForKernel, type KernelPlan } from './plan.ts';
import { ReadingTimes } from './reading-times.ts';
import { RefusedPackets, type Untold } from './refused-packets.ts';
import { standingOf } from './ruleset.ts';

/** Milliseconds between two looks for blocks that have begun or were lifted, and for changes by others. */
const pollInterval = 100;
/** Milliseconds after a failure; twice as many after each further one, up to the most. */
const firstRetry = 1000;
const lastRetry = 60_000;
/** Milliseconds that a commit waits for the kernel. */
const patience = 3000;
/** Says, also to who comes after a crash, whether there may be a table. */
export type TableTrace = { readonly isThere: boolean; leave(): void; remove(): void };

export type KernelKeeperOptions = {
  /** The sources table. */
  readonly sources: SharedArrayBuffer;
  readonly table: KernelTable;
  readonly trace: TableTrace;
  /** Milliseconds on the clock of the sources table. */
  readonly now: () => number;
  readonly onEvent: (event: RaisedEvent) => void;
  readonly onUntold: (untold: Untold) => void;
  readonly answering: Answering;
  /** The connections that have come to listeners on these ports. */
  readonly openConnections: (ports: ReadonlySet<number>) => Promise<readonly OpenConnection[]>;
};

export type KernelStatus = {
  /** `off`: it has nothing to do. */
  readonly state: 'off' | 'blocking' | 'failing';
  /** Name of the table, in family inet. */
  readonly table: string;
  /** Why it fails, or ''. */
  readonly reason: string;
  /** Sources that the kernel refuses. */
  readonly blocks: number;
  /** Packets that it has refused, as far as was read. */
  readonly refused: number;
  /** Sources that others had taken out of the table or put into it, and rules that they had changed: put right since the start. */
  readonly restored: number;
};

/**
 * Has the kernel refuse the sources that are blocked: brings a table of nftables to what the sources table and the
 * configuration say, and back to it whatever others do to it. Whatever fails, Levee refuses by itself meanwhile.
 */
export class KernelKeeper {
  readonly packets: RefusedPackets;
  readonly #options: KernelKeeperOptions;
  readonly #known: KnownBlocks;
  readonly #sets: BlockedSets;
  #snapshot: Snapshot | null = null;
  #plan: KernelPlan | null = null;
  /** The plan that was put into the rules of the table. */
  #inForce: KernelPlan | null = null;
  /** What they are of: that plan, or as much of it as the kernel can do. */
  #ruling: KernelPlan | null = null;
  /** What nft prints of those rules; null: that is not known yet. */
  #rules: string | null = null;
  /** `blocksStarted` of the sources table when all its blocks were last looked at; undefined while some were not. */
  #seen: number | undefined;
  readonly #readings: ReadingTimes;
  #failure: NftFailure | null = null;
  #retry = firstRetry;
  #retryAt = 0;
  #working: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #restored = 0;

  constructor(options: KernelKeeperOptions) {
    this.#options = options;
    this.#known = new KnownBlocks(options.sources);
    this.packets = new RefusedPackets(options.onUntold);
    this.#readings = new ReadingTimes(options.now);
    this.#sets = new BlockedSets(options.table, this.packets, options.now);
  }

  /**
   * Resolves when the kernel does what a snapshot asks of it, or can't, or takes long; with an event for what it does not
   * do yet.
   */
  async apply(snapshot: Snapshot, reportInterval: number): Promise<readonly RaisedEvent[]> {
    const { answering } = this.#options;
    this.#snapshot = snapshot;
    answering.forgetFault();
    answering.floods.interval = reportInterval;
    this.#plan = answering.planFor(snapshot);
    if (this.#isIdle) return [];
    this.#retryAt = 0;
    const { promise: isLate, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, patience);
    await Promise.race([this.#turn(), isLate]);
    clearTimeout(timer);
    const reason = this.#failure?.reason ?? '';
    const isBlocking = snapshot.kernelBlock === null || reason === '';
    return [...(isBlocking ? [] : [this.#notBlocking(reason)]), ...answering.shortfalls(snapshot, reason)];
  }

  /** These sources are no longer blocked. */
  lifted(sources: readonly SourceIdentity[]): void {
    if (this.#inForce !== null && !this.#sets.lift(sources)) void this.#turn();
  }

  /** Resolves when the counters were read anew, where that is quick. */
  async readPackets(): Promise<void> {
    if (this.#inForce === null || this.#failure !== null || !this.#readings.areQuick) return;
    this.#readings.hurry();
    await this.#turn();
  }

  /** How the kernel answers handshakes for a policy. */
  synCookieOf(policy: number): SynCookieStatus {
    return this.#options.answering.statusOf(policy, this.#failure?.reason ?? '');
  }

  status(): KernelStatus {
    const isOff = this.#plan === null || this.#plan.action === null;
    const state = isOff ? 'off' : this.#failure !== null ? 'failing' : 'blocking';
    return {
      state,
      table: this.#options.table.name,
      reason: this.#failure?.reason ?? '',
      blocks: state === 'blocking' ? this.#sets.count : 0,
      refused: this.packets.total,
      restored: this.#restored,
    };
  }

  /**
   * Resolves when it touches the table no more, and has read the counters a last time. The table stays: another process
   * is about to keep it, or what it translates is still to be closed.
   */
  async pause(): Promise<void> {
    this.#isStopping = true;
    this.#sets.isLeft = true;
    clearTimeout(this.#timer);
    await this.#working;
    const { table, answering } = this.#options;
    if (this.#readings.areQuick && this.#inForce !== null) {
      const reading = await table.read();
      if (!isFailure(reading)) this.#account(reading);
    }
    answering.floods.stop();
  }

  /** The opposite: whatever was done to the table meanwhile is put right. */
  resume(): void {
    this.#isStopping = false;
    this.#sets.isLeft = false;
    if (!this.#isIdle) void this.#turn();
  }

  /** Removes the table. */
  async remove(): Promise<void> {
    const { table, trace } = this.#options;
    if (trace.isThere && (await table.remove()) === null) trace.remove();
  }

  #notBlocking(reason: string): RaisedEvent {
    const { table, trace } = this.#options;
    return kernelNotBlocking({ reason, table: trace.isThere ? table.name : '' });
  }

  /** Nothing is to be done, and nothing there. */
  get #isIdle(): boolean {
    const { answering, trace } = this.#options;
    return this.#plan === null && !trace.isThere && !answering.isWanted;
  }

  /** One after another: a call of nft at a time. */
  #turn(): Promise<void> {
    clearTimeout(this.#timer);
    this.#working = this.#working.then(() => this.#work());
    return this.#working;
  }

  async #work(): Promise<void> {
    const { now } = this.#options;
    if (this.#isStopping) return;
    if (now() >= this.#retryAt) this.#settle(await this.#attempt());
    clearTimeout(this.#timer);
    if (this.#isStopping || this.#isIdle) return;
    this.#timer = setTimeout(() => void this.#turn(), Math.max(pollInterval, this.#retryAt - now()));
  }

  #settle(failure: NftFailure | null): void {
    const { now, onEvent } = this.#options;
    const isNew = failure !== null && failure.reason !== this.#failure?.reason;
    this.#failure = failure;
    if (failure === null) {
      this.#retry = firstRetry;
      return;
    }
    // It was not to come to its end: who goes on begins with what stands.
    if (this.#isStopping) return;
    const isLasting = failure.kind === 'missing' || failure.kind === 'not-permitted';
    // Nobody installs it, or gives the right, from one second to the next; the next commit asks anew.
    this.#retryAt = now() + (isLasting ? lastRetry : this.#retry);
    this.#retry = Math.min(lastRetry, this.#retry * 2);
    if (isNew && this.#plan?.action !== null) onEvent(this.#notBlocking(failure.reason));
  }

  async #attempt(): Promise<NftFailure | null> {
    try {
      return await this.#bring();
    } catch (error) {
      return { kind: 'failed', reason: messageOf(error) };
    }
  }

  /** Does what is to be done now. */
  async #bring(): Promise<NftFailure | null> {
    const { table, answering, now } = this.#options;
    if (this.#failure === null && answering.isDue(now())) {
      const failure = await this.#lookAtAnswers();
      if (failure !== null) return failure;
    }
    const plan = this.#plan;
    if (plan === null) return this.#options.trace.isThere ? this.#end() : null;
    if (this.#inForce === null || this.#failure !== null) return this.#reconcile(plan);
    if (plan !== this.#inForce) return this.#change(plan);
    if (table.mayBeForeign && this.#readings.isDueForOthers()) return this.#reconcile(plan);
    const failure = await this.#follow(plan);
    // Something is not as it was, be it that a block has ended a moment before it was to be lifted.
    const isRefused = failure?.kind === 'refused';
    return isRefused || (failure === null && this.#isReadingDue()) ? this.#reconcile(plan) : failure;
  }

  /** What a block was refused is read while it lasts: its counter ends with it. */
  #isReadingDue(): boolean {
    const isCalm = this.#sets.isEmpty && this.#rules !== null && !this.packets.areComing;
    return this.#readings.isDue(isCalm, () => this.#sets.hasEndWithin(2 * pollInterval));
  }

  async #end(): Promise<NftFailure | null> {
    const failure = await this.#options.table.remove();
    if (failure !== null) return failure;
    this.#options.trace.remove();
    this.#inForce = null;
    this.#ruling = null;
    this.#rules = null;
    this.#madeAnew();
    return null;
  }

  /** From the plan in force to another: rules first, then what is to be in the sets. */
  async #change(plan: KernelPlan): Promise<NftFailure | null> {
    const { table, onEvent } = this.#options;
    const before = this.#ruling;
    if (before === null || !table.isSame(before, plan)) {
      const put = await table.put(plan, before && standingOf(before));
      if (isFailure(put)) return put;
      const failure = await this.#rulesAre(plan, put);
      if (failure !== null) return failure;
    }
    this.#inForce = plan;
    this.#sets.keep(standingOf(plan).sets);
    const failure = await this.#fill(plan);
    if (failure === null && before?.action === null && plan.action !== null)
      onEvent(kernelBlocking({ table: table.name, blocks: 0 }));
    return failure;
  }

  async #rulesAre(plan: KernelPlan, put: PutRules): Promise<NftFailure | null> {
    const { table, answering, openConnections } = this.#options;
    const didAnswer = !put.isAnew && (this.#ruling?.synproxy ?? null) !== null;
    this.#inForce = plan;
    this.#ruling = put.plan;
    this.#rules = null;
    if (put.fault !== '') answering.failed(put.fault);
    if (put.isAnew) this.#madeAnew();
    if (didAnswer || put.plan.answered.size === 0 || put.plan.synproxy === null) return null;
    const listeners = [...put.plan.answered.values()].flatMap(({ endpoints }) => endpoints);
    return table.spare(await openConnections(new Set(listeners.map(({ port }) => port))));
  }

  #madeAnew(): void {
    this.#sets.hold([]);
    this.packets.madeAnew();
    this.#options.answering.madeAnew();
  }

  /** Takes up what of the settings of the kernel has changed, and which handshakes it has answered. */
  async #lookAtAnswers(): Promise<NftFailure | null> {
    const { table, answering, now } = this.#options;
    const synproxy = this.#ruling?.synproxy ?? null;
    if (this.#snapshot !== null && answering.hasChanged(now())) {
      this.#plan = answering.planFor(this.#snapshot);
      answering.shortfalls(this.#snapshot, '');
    }
    return synproxy === null ? null : answering.readFrom(table, synproxy, now);
  }

  /** Reads what stands, and brings it to what should. */
  async #reconcile(plan: KernelPlan): Promise<NftFailure | null> {
    const { table, trace, now, onEvent } = this.#options;
    const isForeign = table.mayBeForeign;
    table.heed();
    const begun = now();
    const reading = await this.#sets.read();
    if (isFailure(reading)) return reading;
    this.#readings.was(begun);
    const isBeginning = this.#inForce === null;
    const drift = isBeginning ? 0 : this.#sets.driftOf(reading);
    if (isBeginning) this.#options.answering.adopt(reading.answered);
    this.#account(reading);
    if (isBeginning) this.packets.adopt();
    const isChanged = reading.standing === null || (this.#rules !== null && reading.rules !== this.#rules);
    // Before the first reading nobody knows what nft prints of the rules: whether they are right can't be told then.
    const isDoubtful = isChanged || (this.#rules === null && isForeign);
    const isRight = plan === this.#inForce && this.#failure === null && !isDoubtful;
    if (isRight) this.#rules = reading.rules;
    else {
      trace.leave();
      const put = await table.put(plan, reading.standing);
      if (isFailure(put)) return put;
      const failure = await this.#rulesAre(plan, put);
      if (failure !== null) return failure;
    }
    const failure = await this.#fill(plan);
    if (failure !== null) return failure;
    if (plan.action !== null && (isBeginning || this.#failure !== null))
      onEvent(kernelBlocking({ table: table.name, blocks: isBeginning ? reading.elements.length : 0 }));
    else if (isChanged || drift > 0) {
      this.#restored += Math.max(1, drift);
      onEvent(kernelTableRestored({ table: table.name, blocks: drift }));
    }
    return null;
  }

  /** Has the sets hold exactly the blocks that the sources table has and that are for the kernel. */
  async #fill(plan: KernelPlan): Promise<NftFailure | null> {
    this.#sets.begin();
    this.#known.clear();
    const wanted = new Map<string, Map<string, number>>();
    await this.#visitNew(plan, (set, { source, until }) => {
      const elements = wanted.get(set) ?? new Map<string, number>();
      wanted.set(set, elements.set(source, until));
    });
    const changes = this.#sets.changesTo(wanted);
    // A block that a busy shard hides may still be there.
    return this.#sets.write(
      this.#seen === undefined ? changes.filter(({ until }) => until !== null) : changes,
    );
  }

  /** Takes up what has happened to blocks since the last time. */
  async #follow(plan: KernelPlan): Promise<NftFailure | null> {
    const failure = await this.#sets.write([]);
    if (failure !== null || blocksStarted(this.#options.sources) === this.#seen) return failure;
    this.#sets.begin();
    const begun: Change[] = [];
    await this.#visitNew(plan, (set, { source: address, until }) => {
      begun.push({ set, address, until, removes: this.#sets.has({ set, address }) });
    });
    return this.#sets.write(begun);
  }

  /** Shows the blocks for the kernel that are not known yet; those that a busy shard hides are left for the next time. */
  async #visitNew(plan: KernelPlan, visit: (set: string, block: ListedBlock) => void): Promise<void> {
    const { sources, now } = this.#options;
    const before = blocksStarted(sources);
    const slice = new TimeSlice();
    const steps = listBlocks(
      sources,
      now(),
      (block, place) => {
        this.#known.add(place);
        if (isForKernel(plan, block)) visit(setName(block.policy, block.source), block);
      },
      this.#known,
    );
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) if (slice.isOver) await slice.renew();
    this.#seen = step.value ? before : undefined;
  }

  #account(reading: TableReading): void {
    const { answering, now } = this.#options;
    this.packets.read(reading, this.#plan ?? this.#inForce);
    answering.counted(reading.answered, this.#ruling?.synproxy ?? null, now());
    this.#sets.hold(reading.elements);
  }
}
