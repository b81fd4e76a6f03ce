import type { RowId } from '../../../../schemas/content.ts';
import type { LiveEvents, Moment, Topic } from '../../../page/messages.ts';
import type { SourceReport } from '../../../system/reports/source.ts';
import type { System } from '../../../system/system.ts';
import type { Outlet } from '../exchange.ts';
import type { Watched } from '../watching.ts';
import { pageLimits } from './limits.ts';

/** Sources of one event. */
const most = { open: 100, refused: 50, silent: 50, blocked: 500 };

/** Somebody who looks. */
export type Watcher = {
  readonly outlet: Outlet;
  readonly topics: ReadonlySet<Topic>;
  /** Whose sources they want, by its name; null: of all policies. */
  readonly policy: string | null;
  /** What is for them alone; null: they may look no more. */
  readonly session: () => LiveEvents['session'] | null;
  /** Whether they may see numbers and sources. */
  readonly mayWatch: () => boolean;
};

/**
 * What is told of a running Levee while somebody looks. It is found out once for all who do, as it is for `levee top`: by
 * the main thread, from shared memory.
 */
export class LiveFeed {
  readonly #watched: Watched;
  readonly #watchers = new Set<Watcher>();
  #timer: NodeJS.Timeout | undefined;
  #isWorking = false;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  get count(): number {
    return this.#watchers.size;
  }

  /** Tells until the returned function is called. */
  add(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    // Whoever begins to look sees something at once, but many who begin have no more done.
    if (!this.#isWorking && this.#timer === undefined) this.#next(0);
    return () => this.#watchers.delete(watcher);
  }

  #next(milliseconds: number): void {
    this.#timer = setTimeout(() => void this.#turn(), milliseconds).unref();
  }

  async #turn(): Promise<void> {
    this.#timer = undefined;
    this.#isWorking = true;
    // What runs may end while it is asked: the next turn says so.
    const wait = await this.#tell().catch(() => pageLimits.interval);
    this.#isWorking = false;
    if (this.#watchers.size > 0) this.#next(wait);
  }

  /** Resolves to the milliseconds until it is to be told again. */
  async #tell(): Promise<number> {
    const began = performance.now();
    const wanted = [...this.#watchers].flatMap((watcher) =>
      [...watcher.topics].map((topic) => ({ topic, policy: policyOf(topic, watcher) })),
    );
    const told = new Map<string, string>();
    const system = this.#watched.system();
    if (system !== undefined) {
      for (const { topic, policy } of wanted) {
        const key = keyOf(topic, policy);
        if (!told.has(key)) told.set(key, eventText(topic, await this.#eventOf(system, topic, policy)));
      }
    }
    const took = performance.now() - began;
    let largest = 0;
    for (const watcher of this.#watchers) {
      const session = watcher.session();
      if (session === null) {
        watcher.outlet.end();
        this.#watchers.delete(watcher);
        continue;
      }
      // Of somebody far away, or asleep: it must not fill this process.
      if (watcher.outlet.isBehind) continue;
      const mine = watcher.mayWatch()
        ? [...watcher.topics].map((topic) => told.get(keyOf(topic, policyOf(topic, watcher))) ?? '')
        : [];
      const text = [eventText('session', session), ...mine].join('');
      largest = Math.max(largest, text.length);
      watcher.outlet.write(text);
    }
    return Math.max(pageLimits.interval, took * pageLimits.share, (largest / pageLimits.flow) * 1000);
  }

  async #eventOf(system: System, topic: Topic, policy: string | null): Promise<LiveEvents[Topic]> {
    if (topic === 'measured') return { measured: await system.measure(null), ...moment() };
    const row = policy === null ? null : this.#watched.policyNamed(policy);
    if (row === undefined) return { sources: [], ...moment() };
    if (topic === 'sources') return { sources: await topSources(system, row), ...moment() };
    const found = await system.sources(row, most.blocked, 'blocked');
    return { sources: found.filter(({ blocked }) => blocked > 0), ...moment() };
  }
}

/** Numbers are told of all policies, whoever looks. */
function policyOf(topic: Topic, { policy }: Watcher): string | null {
  return topic === 'measured' ? null : policy;
}

function keyOf(topic: Topic, policy: string | null): string {
  return policy === null ? topic : `${topic} ${policy}`;
}

async function topSources(system: System, policy: RowId | null): Promise<readonly SourceReport[]> {
  const found = new Map<string, SourceReport>();
  for (const order of ['open', 'refused', 'silent'] as const)
    for (const each of await system.sources(policy, most[order], order))
      found.set(`${each.source} ${each.policy}`, each);
  return [...found.values()];
}

function moment(): Moment {
  return { time: performance.now(), wall: Date.now() };
}

function eventText(name: string, data: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
