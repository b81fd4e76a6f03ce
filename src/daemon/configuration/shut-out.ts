import type { FormerSnapshot } from '../../policy/snapshot.ts';

/** Sources that are named at once. */
const mostNamed = 5;

/** Whom a guarded revision shuts out: it refuses them, and the one before it would have admitted them. */
export class ShutOutSources {
  /** What tells that. */
  readonly former: FormerSnapshot;
  readonly #sources = new Set<string>();

  constructor(former: FormerSnapshot) {
    this.former = former;
  }

  add(source: string): void {
    this.#sources.add(source);
  }

  get count(): number {
    return this.#sources.size;
  }

  /** Some of them, for a person. */
  get named(): string {
    const names = [...this.#sources].slice(0, mostNamed).join(', ');
    return this.count > mostNamed ? `${names}, ...` : names;
  }
}
