import { addCount, countUp, readCount, type Words } from '../../memory/words.ts';
import type { TrafficCause } from '../../verdict/judge/records.ts';

/** Why a connection was reset that no member has served. */
export const refusalReasons = [
  'threshold',
  'silent',
  'block',
  'ip_list',
  'table_full',
  'descriptors',
  'header',
  'loop',
  'script',
  'no_member',
  'crowded',
  'unconfirmed',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

const causes: readonly TrafficCause[] = [
  'finished',
  'client-reset',
  'member-reset',
  'no-member',
  'idle',
  'no-memory',
  'cut',
  'script',
];

/** Of a row, counts of two words each: the refusalReasons, and behind them the causes, are in the order of their lists. */
const ADMITTED = 0;
const WOULD_REFUSE = 2;
const BLOCKS = 4;
const REFUSED = 6;
const ENDED = REFUSED + 2 * refusalReasons.length;
/** Whole cache lines, so that no two workers write into one. */
const ROW_WORDS = 16 * Math.ceil((ENDED + 2 * causes.length) / 16);

/** What all workers together have done for one policy since it was made, or Levee was started. */
export type PolicyCounts = {
  /** Connections that the verdict let in. */
  readonly admitted: number;
  /** Of those, the ones that enforcement would have refused. */
  readonly wouldRefuse: number;
  /** Blocks that a verdict, a script or an administrator began. */
  readonly blocks: number;
  readonly refused: Readonly<Record<RefusalReason, number>>;
  /** Connections that were let in and are over, by what ended them. */
  readonly ended: Readonly<Record<TrafficCause, number>>;
};

/** Shared memory for the counts of a policy: a row for each worker, and one for the main thread behind them. */
export function createPolicyCounters(workers: number): SharedArrayBuffer {
  return new SharedArrayBuffer((workers + 1) * ROW_WORDS * Int32Array.BYTES_PER_ELEMENT);
}

export function readPolicyCounts(counters: SharedArrayBuffer): PolicyCounts {
  const words = new Int32Array(counters);
  const sum = (at: number): number => {
    let total = 0;
    for (let row = 0; row < words.length; row += ROW_WORDS) total += readCount(words, row + at);
    return total;
  };
  const refused = (reason: RefusalReason): number => sum(REFUSED + 2 * refusalReasons.indexOf(reason));
  const ended = (cause: TrafficCause): number => sum(ENDED + 2 * causes.indexOf(cause));
  return {
    admitted: sum(ADMITTED),
    wouldRefuse: sum(WOULD_REFUSE),
    blocks: sum(BLOCKS),
    refused: {
      threshold: refused('threshold'),
      silent: refused('silent'),
      block: refused('block'),
      ip_list: refused('ip_list'),
      table_full: refused('table_full'),
      descriptors: refused('descriptors'),
      header: refused('header'),
      loop: refused('loop'),
      script: refused('script'),
      no_member: refused('no_member'),
      crowded: refused('crowded'),
      unconfirmed: refused('unconfirmed'),
    },
    ended: {
      finished: ended('finished'),
      'client-reset': ended('client-reset'),
      'member-reset': ended('member-reset'),
      'no-member': ended('no-member'),
      idle: ended('idle'),
      'no-memory': ended('no-memory'),
      cut: ended('cut'),
      script: ended('script'),
    },
  };
}

/**
 * A thread's own view of a policy's counts: it alone writes its row, without a lock and without an allocation. A worker
 * that dies leaves it as it is, and its replacement goes on counting there.
 */
export class PolicyCounters {
  readonly #words: Words;
  readonly #row: number;

  /** @param worker its number, from 1; null: the main thread */
  constructor(counters: SharedArrayBuffer, worker: number | null) {
    this.#words = new Int32Array(counters);
    this.#row = worker === null ? this.#words.length - ROW_WORDS : (worker - 1) * ROW_WORDS;
  }

  admitted(): void {
    countUp(this.#words, this.#row + ADMITTED);
  }

  wouldRefuse(): void {
    countUp(this.#words, this.#row + WOULD_REFUSE);
  }

  blockStarted(): void {
    countUp(this.#words, this.#row + BLOCKS);
  }

  refused(reason: RefusalReason, connections = 1): void {
    addCount(this.#words, this.#row + REFUSED + 2 * refusalReasons.indexOf(reason), connections);
  }

  ended(cause: TrafficCause): void {
    countUp(this.#words, this.#row + ENDED + 2 * causes.indexOf(cause));
  }
}
