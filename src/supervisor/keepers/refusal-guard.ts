import { monotonicNow } from '../../enforcer/engine/clock.ts';
import type { RefusedSource } from '../../enforcer/worker/messages.ts';
import type { Snapshot } from '../../policy/snapshot.ts';
import { inTurns } from '../../time/time-slice.ts';
import { blockApplies, enforcesBlocks, limitOf } from '../../verdict/judge/limit.ts';
import { indexOfReason } from '../../verdict/table/reasons.ts';
import { listBlocks } from '../../verdict/upkeep/blocks.ts';
import { listSources } from '../../verdict/upkeep/sources.ts';
import { sourceText } from '../reports/source-text.ts';

/** Milliseconds for which a source is watched: who wants more in them than the former revision allowed is an attacker. */
const settlingTime = 1000;

/** Milliseconds between two looks at sources that are watched. */
const lookInterval = 100;

/** Sources that are remembered: beyond it those that came first are forgotten. */
const mostSources = 100_000;

type Watched = {
  readonly since: number;
  attempts: number;
  fate: 'watched' | 'shut-out' | 'attacker';
};

/** Hears of each source that is refused although the revision before would have admitted it, once. */
export type ShutOut = (policy: number, source: string) => void;

/** Tells, while a revision is guarded by the one before it, whom it shuts out from those whom both refuse. */
export class RefusalGuard {
  readonly #table: SharedArrayBuffer;
  readonly #shutOut: ShutOut;
  readonly #now: () => number;
  /** The revision that is guarded. */
  #guarded: number | null = null;
  readonly #sources = new Map<string, Watched>();
  /** Sources whose connections the former revision refused, too: they were blocked by it. */
  readonly #blocked = new Set<string>();
  /** Sources that held connections to policies that are gone. */
  #cutOff: { readonly policy: number; readonly source: string }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(table: SharedArrayBuffer, shutOut: ShutOut, now = monotonicNow) {
    this.#table = table;
    this.#shutOut = shutOut;
    this.#now = now;
  }

  /** Before the workers run a snapshot, which may be guarded by a former one. */
  async change({ former, policies }: Snapshot): Promise<void> {
    if (former?.guarded === this.#guarded) return;
    this.stop();
    if (former === null) return;
    this.#guarded = former.guarded;
    const limits = new Map(former.policies.map((policy) => [policy.id, limitOf(policy)]));
    const note = listBlocks(this.#table, this.#now(), (block) => {
      const limit = limits.get(block.policy);
      if (limit === undefined || !enforcesBlocks(limit)) return;
      if (blockApplies(limit, indexOfReason(block.reason), 0))
        this.#blocked.add(keyOf(block.policy, sourceText(block)));
    });
    await inTurns(note);
    const standing = new Set(policies.filter(({ enabled }) => enabled).map(({ id }) => id));
    const gone = new Set(former.policies.map(({ id }) => id).filter((id) => !standing.has(id)));
    if (gone.size === 0) return;
    const cut = listSources(this.#table, this.#now(), (source) => {
      if (source.open > 0 && gone.has(source.policy))
        this.#cutOff.push({ policy: source.policy, source: sourceText(source) });
    });
    await inTurns(cut);
  }

  /** The workers run it: whoever had a policy before that is gone now is shut out. */
  changed(): void {
    for (const { policy, source } of this.#cutOff.splice(0)) this.#shutOut(policy, source);
  }

  refused(sources: readonly RefusedSource[]): void {
    if (this.#guarded === null) return;
    for (const source of sources) this.#judge(source);
    this.#timer ??= setInterval(() => this.#look(), lookInterval).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#guarded = null;
    this.#sources.clear();
    this.#blocked.clear();
    this.#cutOff = [];
  }

  #judge({ policy, source, attempts, room, isKnown }: RefusedSource): void {
    const key = keyOf(policy, source);
    const watched = this.#sources.get(key) ?? this.#watch(key);
    if (watched.fate !== 'watched') return;
    watched.attempts += attempts;
    if (room > 0 && isKnown) this.#decide(key, watched, 'shut-out');
    else if (watched.attempts > room) watched.fate = 'attacker';
  }

  #watch(key: string): Watched {
    const watched: Watched = {
      since: this.#now(),
      attempts: 0,
      fate: this.#blocked.has(key) ? 'attacker' : 'watched',
    };
    this.#sources.set(key, watched);
    if (this.#sources.size > mostSources) {
      const [oldest] = this.#sources.keys();
      if (oldest !== undefined) this.#sources.delete(oldest);
    }
    return watched;
  }

  #look(): void {
    const now = this.#now();
    let isWatching = false;
    for (const [key, watched] of this.#sources) {
      if (watched.fate !== 'watched') continue;
      if (now - watched.since < settlingTime) isWatching = true;
      else this.#decide(key, watched, 'shut-out');
    }
    if (isWatching) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #decide(key: string, watched: Watched, fate: Watched['fate']): void {
    watched.fate = fate;
    const end = key.indexOf(' ');
    this.#shutOut(Number(key.slice(0, end)), key.slice(end + 1));
  }
}

function keyOf(policy: number, source: string): string {
  return `${policy} ${source}`;
}
