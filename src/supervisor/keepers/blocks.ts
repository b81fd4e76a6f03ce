import { setTimeout as pause } from 'node:timers/promises';
import { monotonicNow } from '../../enforcer/engine/clock.ts';
import type { RaisedEvent } from '../../events/events.ts';
import { blocksNotKept, blocksNotRestored } from '../../events/lifecycle.ts';
import type { KeptBlock, KeptBlocks } from '../../system/kept-blocks.ts';
import { messageOf } from '../../text/reason.ts';
import { type Block, blocksStarted, listBlocks, restoreBlock } from '../../verdict/upkeep/blocks.ts';
import { tableUsage } from '../../verdict/upkeep/sources.ts';

/** Milliseconds between two polls: a block is on disk within a second. */
const saveInterval = 500;
/** Milliseconds by which a stored end may be off; more than that and the wall clock was set, so it is written again. */
const tolerance = 1000;
const busyRetry = 10;

/**
 * Keeps the blocks of the sources table on disk. In memory they end on a clock that nobody can set, on disk by the wall
 * clock, which goes on while Levee does not.
 */
export class BlockKeeper {
  readonly #table: SharedArrayBuffer;
  readonly #stored: KeptBlocks;
  readonly #onEvent: (event: RaisedEvent) => void;
  #kept = new Map<string, KeptBlock>();
  /** `blocksStarted` of the table when all its blocks were last kept; undefined while some are not. */
  #seen: number | undefined;
  /** The earliest end of a kept block, by the wall clock. */
  #nextEnd = Number.POSITIVE_INFINITY;
  #clockOffset = 0;
  #isFailing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(table: SharedArrayBuffer, stored: KeptBlocks, onEvent: (event: RaisedEvent) => void) {
    this.#table = table;
    this.#stored = stored;
    this.#onEvent = onEvent;
  }

  /** Restores the blocks of an earlier process. To be called before the first connection. */
  async restore(): Promise<void> {
    let blocks = 0;
    for (const block of this.#stored.all()) {
      this.#kept.set(keyOf(block), block);
      let result = this.#restoreBlock(block);
      for (; result === 'busy'; result = this.#restoreBlock(block)) await pause(busyRetry);
      if (result === 'full') blocks += 1;
    }
    const { capacity } = tableUsage(this.#table);
    if (blocks > 0) this.#onEvent(blocksNotRestored({ blocks, capacity }));
    this.#timer = setInterval(() => this.#poll(), saveInterval);
  }

  /** Writes what has changed. Returns false when a shard was busy or the write failed: a later poll tries again. */
  save(): boolean {
    const before = blocksStarted(this.#table);
    const wall = Date.now();
    const now = monotonicNow();
    const live = new Map<string, KeptBlock>();
    const isWhole = listBlocks(this.#table, now, (block) => {
      const stored = { ...block, until: Math.round(wall + block.until - now) };
      live.set(keyOf(stored), stored);
    });
    const kept = this.#kept;
    const started = [...live].filter(([key, { until, reason }]) => {
      const known = kept.get(key);
      return known?.reason !== reason || Math.abs(known.until - until) > tolerance;
    });
    const ended = isWhole ? [...kept].filter(([key]) => !live.has(key)) : [];
    if (!this.#write(started.map(blockOf), ended.map(blockOf))) return false;
    for (const [key] of ended) kept.delete(key);
    for (const [key, block] of started) kept.set(key, block);
    this.#seen = isWhole ? before : undefined;
    this.#nextEnd = Number.POSITIVE_INFINITY;
    for (const { until } of kept.values()) this.#nextEnd = Math.min(this.#nextEnd, until);
    this.#clockOffset = wall - now;
    return isWhole;
  }

  stop(): void {
    clearInterval(this.#timer);
    this.save();
  }

  #restoreBlock(block: KeptBlock): ReturnType<typeof restoreBlock> {
    const now = monotonicNow();
    const reason = reasonOf(block.reason);
    return restoreBlock(this.#table, { ...block, reason, until: now + block.until - Date.now() }, now);
  }

  #poll(): void {
    const wall = Date.now();
    const isClockSet = Math.abs(wall - monotonicNow() - this.#clockOffset) > tolerance;
    const isOver = wall >= this.#nextEnd + tolerance;
    if (blocksStarted(this.#table) !== this.#seen || isOver || (isClockSet && this.#kept.size > 0))
      this.save();
  }

  #write(started: readonly KeptBlock[], ended: readonly KeptBlock[]): boolean {
    if (started.length === 0 && ended.length === 0) return true;
    try {
      this.#stored.change(started, ended);
    } catch (error) {
      const reason = messageOf(error);
      if (!this.#isFailing) this.#onEvent(blocksNotKept({ reason }));
      this.#isFailing = true;
      return false;
    }
    this.#isFailing = false;
    return true;
  }
}

function keyOf({ policy, source, prefix }: KeptBlock): string {
  return `${policy} ${source}/${prefix}`;
}

function blockOf([, block]: readonly [string, KeptBlock]): KeptBlock {
  return block;
}

/** A reason that only a newer Levee knows is read as the most common one. */
function reasonOf(word: string): Block['reason'] {
  const isKnown = word === 'silent' || word === 'black-ip' || word === 'allow-only' || word === 'script';
  return isKnown ? word : 'connections';
}
