import type { Steps } from '../../time/time-slice.ts';
import type { Count } from './frame.ts';
import { mostAtOnce, sourcesInAStep } from './in-turns.ts';

/** Changes that no peer has taken, before the older ones are held for one. */
const mostChanges = 1024;

/** What was published of a source, with which change. */
type Published = { readonly seq: number; readonly open: number };

/**
 * What this node has published of its sources, and all that a peer may still hold of that: the values at the change that
 * each peer is known to have taken, and whatever came later.
 */
export class OwnRow {
  #seq = 0;
  /** All peers have taken this change. */
  #taken = 0;
  /**
   * In order of time: what it was at `#taken`, and what it became; without what is no less than anything later, as the least
   * is asked for. A source without an entry is, and was, at 0.
   */
  readonly #published = new Map<string, Published[]>();
  /** The sources of each change behind `#taken`. */
  #changes: { readonly seq: number; readonly sources: readonly string[] }[] = [];

  /** Changes so far. */
  get seq(): number {
    return this.#seq;
  }

  /** What was published last. */
  open(source: string): number {
    return this.#published.get(source)?.at(-1)?.open ?? 0;
  }

  /** The least that any peer may hold. */
  base(source: string): number {
    const published = this.#published.get(source);
    if (published === undefined) return 0;
    return published.reduce((least, { open }) => Math.min(least, open), Number.POSITIVE_INFINITY);
  }

  publish(changes: readonly Count[]): void {
    const seq = ++this.#seq;
    for (const [source, open] of changes) {
      const published = this.#published.get(source);
      if (published === undefined)
        this.#published.set(source, [
          { seq: 0, open: 0 },
          { seq, open },
        ]);
      else {
        while ((published.at(-1)?.open ?? -1) >= open) published.pop();
        published.push({ seq, open });
      }
    }
    this.#changes.push({ seq, sources: changes.map(([source]) => source) });
    if (this.#changes.length > mostChanges) this.#merge();
  }

  /**
   * All peers have taken this change by now: has that known, or, where it is of very many sources, as much as is wanted at
   * once. Returns those of which they may hold less than before, or no more.
   */
  taken(seq: number): ReadonlySet<string> {
    const touched = new Set<string>();
    while (touched.size < mostAtOnce) {
      const [change] = this.#changes;
      if (change === undefined || change.seq > seq) break;
      this.#changes.shift();
      this.#taken = change.seq;
      for (const source of change.sources) touched.add(source);
    }
    for (const source of touched) this.#prune(source);
    return touched;
  }

  /** What can still be compared: a peer that has taken less than this may hold anything. */
  get remembered(): number {
    return this.#taken;
  }

  /** All that is not 0: at the change that is the last one in the beginning, or later. */
  *whole(): Steps<readonly Count[]> {
    const row: Count[] = [];
    let looked = 0;
    for (const [source, published] of this.#published) {
      const open = published.at(-1)?.open ?? 0;
      if (open > 0) row.push([source, open]);
      looked += 1;
      if (looked % sourcesInAStep === 0) yield;
    }
    return row;
  }

  /** The older half counts as taken when the last of it is. */
  #merge(): void {
    const older = this.#changes.splice(0, mostChanges / 2);
    const last = older.at(-1);
    if (last === undefined) return;
    this.#changes.unshift({ seq: last.seq, sources: [...new Set(older.flatMap(({ sources }) => sources))] });
  }

  #prune(source: string): void {
    const published = this.#published.get(source);
    if (published === undefined) return;
    const last = published.findLastIndex(({ seq }) => seq <= this.#taken);
    if (last > 0) published.splice(0, last);
    if (published.length === 1 && published[0]?.open === 0) this.#published.delete(source);
  }
}
