import type { Elements } from './elements.ts';

type Place = { readonly set: string; readonly address: string };

/** The elements that the kernel has, as far as is known: by set and address, with their ends. */
export class HeldElements {
  readonly #sets = new Map<string, Map<string, number>>();

  get all(): Elements {
    return this.#sets;
  }

  /** Those that have not ended. */
  countAt(now: number): number {
    let count = 0;
    for (const elements of this.#sets.values())
      for (const until of elements.values()) if (until > now) count += 1;
    return count;
  }

  /** The first end that is still to come; infinite without any. */
  nextEnd(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const elements of this.#sets.values())
      for (const until of elements.values()) if (until > now && until < next) next = until;
    return next;
  }

  has({ set, address }: Place, now: number): boolean {
    return (this.#sets.get(set)?.get(address) ?? 0) > now;
  }

  put({ set, address }: Place, until: number): void {
    const elements = this.#sets.get(set) ?? new Map<string, number>();
    this.#sets.set(set, elements.set(address, until));
  }

  remove({ set, address }: Place): void {
    this.#sets.get(set)?.delete(address);
  }

  /** Forgets the sets that are gone. */
  keep(sets: ReadonlySet<string>): void {
    for (const set of this.#sets.keys()) if (!sets.has(set)) this.#sets.delete(set);
  }

  clear(): void {
    this.#sets.clear();
  }
}
