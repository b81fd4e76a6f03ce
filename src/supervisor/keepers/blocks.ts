import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNow } from '../../enforcer/engine/clock.ts';
import type { RaisedEvent } from '../../events/events.ts';
import { blocksNotKept, blocksNotRestored } from '../../events/lifecycle.ts';
import type { ChangeWatch } from '../../memory/change.ts';
import type { BlockedSource, KeptBlock, KeptBlocks } from '../../system/kept-blocks.ts';
import { messageOf } from '../../text/reason.ts';
import { processorTime } from '../../time/processor-time.ts';
import { Pulse } from '../../time/pulse.ts';
import { TimeSlice } from '../../time/time-slice.ts';
import { reasonNamed } from '../../verdict/table/reasons.ts';
import {
  type Block,
  type BlockPlace,
  blocksStarted,
  KnownBlocks,
  listBlocks,
  restoreBlock,
  watchBlocks,
} from '../../verdict/upkeep/blocks.ts';
import { tableUsage } from '../../verdict/upkeep/sources.ts';
import { timeLeft } from './time-left.ts';

/** Milliseconds between two looks: what `kill -9` may lose is as young as that, and what a look takes. README promises 0.2 s. */
const saveInterval = 100;
/** The same when no block has begun meanwhile: whether the clock was set, and whether some have ended. */
const calmInterval = 1000;
/** Of the processor time of the main thread at most one part in so many goes into looks, however many blocks begin. */
const share = 5;
/** Milliseconds between two looks for blocks that have ended. */
const removalInterval = 10_000;
/** Milliseconds by which a stored end may be off; more than that and the wall clock was set, so it is written again. */
const tolerance = 1000;
const busyRetry = 10;
/** Blocks that are written, read or removed at once: a few milliseconds. */
const atOnce = 1000;

type Started = readonly [block: Block, place: BlockPlace];

/**
 * Keeps the blocks of the sources table on disk. In memory they end on a clock that nobody can set, on disk by the wall
 * clock, which goes on while Levee does not. There may be as many as sources: all that takes long is done in turns.
 */
export class BlockKeeper {
  readonly #table: SharedArrayBuffer;
  readonly #stored: KeptBlocks;
  readonly #onEvent: (event: RaisedEvent) => void;
  /** Those that are on disk. */
  readonly #known: KnownBlocks;
  readonly #watch: ChangeWatch;
  /** Those that were lifted and are still on disk. */
  #lifted: BlockedSource[] = [];
  /** `blocksStarted` of the table when all its blocks were last kept; undefined while some are not. */
  #seen: number | undefined;
  /** From the table's clock to the wall clock, as the ends on disk have it. */
  #clockOffset = wallOffset();
  #removalDue = 0;
  #isFailing = false;
  #timer: NodeJS.Timeout | undefined;
  #pulse: Pulse | undefined;
  /** When it may look again, on the table's clock. */
  #restsUntil = 0;
  /** It looks, or is about to. */
  #isBusy = false;
  #working: Promise<void> = Promise.resolve();
  #isStopping = false;

  /** Reports that blocks can't be kept when that begins, not at each attempt. */
  constructor(table: SharedArrayBuffer, stored: KeptBlocks, onEvent: (event: RaisedEvent) => void) {
    this.#table = table;
    this.#stored = stored;
    this.#onEvent = onEvent;
    this.#known = new KnownBlocks(table);
    this.#watch = watchBlocks(table, () => this.#look());
  }

  /** Restores the blocks of an earlier process. To be called before the first connection. */
  async restore(): Promise<void> {
    const slice = new TimeSlice();
    let lost = 0;
    let page = this.#stored.page(null, atOnce);
    while (page.length > 0) {
      const full: KeptBlock[] = [];
      for (const block of page) {
        let result = this.#restoreBlock(block);
        for (; result === 'busy'; result = this.#restoreBlock(block)) await pause(busyRetry);
        if (result === 'full') full.push(block);
        if (slice.isOver) await slice.renew();
      }
      lost += full.length;
      this.#lifted.push(...full);
      page = this.#stored.page(page.at(-1) ?? null, atOnce);
    }
    const { capacity } = tableUsage(this.#table);
    if (lost > 0) this.#onEvent(blocksNotRestored({ blocks: lost, capacity }));
    this.#pulse = new Pulse(calmInterval, () => this.#look());
    this.#look();
  }

  /** These sources are no longer blocked: a restart must not block them again. */
  forget(sources: readonly BlockedSource[]): void {
    for (const source of sources) this.#lifted.push(source);
    if (this.#removeSomeLifted()) this.#look();
  }

  /** Resolves when all blocks are on disk, as far as that can be. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#pulse?.stop();
    this.#isBusy = false;
    this.#isStopping = true;
    await this.#working;
    this.#watch.wake();
    while (this.#removeSomeLifted());
    await this.#save();
  }

  /** The opposite of `stop`: those that have ended in memory meanwhile are in force again. */
  async resume(): Promise<void> {
    this.#isStopping = false;
    await this.restore();
  }

  /** Puts blocks in force that another process has begun and keeps. */
  async impose(blocks: readonly KeptBlock[]): Promise<void> {
    for (const block of blocks) while (this.#restoreBlock(block) === 'busy') await pause(busyRetry);
  }

  #restoreBlock(block: KeptBlock): ReturnType<typeof restoreBlock> {
    const now = monotonicNow();
    const wall = Date.now();
    const left = timeLeft(block, wall);
    const restored = { ...block, reason: reasonNamed(block.reason), until: now + left };
    return restoreBlock(this.#table, restored, now, block.until - wall === left ? this.#known : null);
  }

  /** As soon as it may. */
  #look(): void {
    if (this.#isStopping || this.#isBusy) return;
    this.#isBusy = true;
    const rest = this.#restsUntil - monotonicNow();
    if (rest > 0) this.#timer = setTimeout(() => this.#lookNow(), rest);
    else this.#lookNow();
  }

  #lookNow(): void {
    // By the clock, a look takes long on a busy machine, where what begins must be kept no later.
    const begun = processorTime();
    this.#working = this.#work().finally(() => {
      this.#restsUntil = monotonicNow() + Math.max(saveInterval, (processorTime() - begun) * (share - 1));
      this.#isBusy = false;
      this.#lookAgain();
    });
  }

  /** When something is left to do, or else once a block begins. */
  #lookAgain(): void {
    const seen = this.#seen;
    if (seen === undefined || this.#lifted.length > 0) {
      this.#look();
      return;
    }
    if (!this.#isStopping) this.#watch.wait(seen);
  }

  async #work(): Promise<void> {
    if (Math.abs(wallOffset() - this.#clockOffset) > tolerance) {
      this.#clockOffset = wallOffset();
      this.#known.clear();
      this.#seen = undefined;
    }
    const slice = new TimeSlice();
    while (this.#removeSomeLifted()) if (slice.isOver) await slice.renew();
    if (blocksStarted(this.#table) !== this.#seen) await this.#save();
    if (monotonicNow() < this.#removalDue) return;
    await this.#removeEnded();
    this.#removalDue = monotonicNow() + removalInterval;
  }

  /** Writes what is not on disk. Where a shard is busy or the write fails, a later look tries again. */
  async #save(): Promise<void> {
    const before = blocksStarted(this.#table);
    const slice = new TimeSlice();
    let started: Started[] = [];
    const steps = listBlocks(this.#table, monotonicNow(), (...found) => started.push(found), this.#known);
    for (let step = steps.next(); ; step = steps.next()) {
      const isLast = step.done === true;
      if (isLast || started.length >= atOnce || slice.isOver) {
        // Before anybody else has a turn, who might lift one of them.
        if (!this.#write(started)) return;
        started = [];
      }
      if (isLast) {
        this.#seen = step.value === true ? before : undefined;
        return;
      }
      if (slice.isOver) await slice.renew();
    }
  }

  #write(started: readonly Started[]): boolean {
    if (started.length === 0) return true;
    const since = Date.now();
    const offset = wallOffset();
    const isWritten = this.#attempt(() =>
      this.#stored.save(
        started.map(([block]) => ({ ...block, since, until: Math.round(block.until + offset) })),
      ),
    );
    if (isWritten) for (const [, place] of started) this.#known.add(place);
    return isWritten;
  }

  /** Whether there are more that can be removed. */
  #removeSomeLifted(): boolean {
    const some = this.#lifted.slice(-atOnce);
    if (some.length === 0 || !this.#attempt(() => this.#stored.remove(some))) return false;
    this.#lifted.length -= some.length;
    return this.#lifted.length > 0;
  }

  async #removeEnded(): Promise<void> {
    const slice = new TimeSlice();
    let removed = atOnce;
    while (removed === atOnce) {
      // Whoever has set the clock finds them a moment later.
      const ended = this.#attempt(() => {
        removed = this.#stored.removeEnded(Date.now() - tolerance, atOnce);
      });
      if (!ended) return;
      if (slice.isOver) await slice.renew();
    }
  }

  #attempt(change: () => void): boolean {
    try {
      change();
    } catch (error) {
      if (!this.#isFailing) this.#onEvent(blocksNotKept({ reason: messageOf(error) }));
      this.#isFailing = true;
      return false;
    }
    this.#isFailing = false;
    return true;
  }
}

function wallOffset(): number {
  return Date.now() - monotonicNow();
}
