import { lookup as lookUpAll } from 'node:dns/promises';
import { messageOf } from '../../text/reason.ts';
import { Limiter } from '../tasks/limiter.ts';

/** Every address that a name has. Throws Error when there is none, or nobody to ask. */
export type Lookup = (name: string) => Promise<readonly string[]>;

/** Milliseconds between two lookups of a name: the system does not say how long an answer holds. */
const interval = 30_000;
/** For a name that has never been found. */
const firstInterval = 5000;
/** Lookups at once. Each takes one of the few threads of Node's pool, which file access needs too. */
const lookups = 2;

export interface ResolverListener {
  /** A name has an address that it did not have; `before` is '' for the first. */
  changed(name: string, address: string, before: string): void;
  /** A name can't be resolved. Called once until it can be; its former address stays in use. */
  failed(name: string, reason: string): void;
}

type Known = { address: string; isFailing: boolean; timer: NodeJS.Timeout | undefined };

/**
 * Resolves the names of members, again and again. A name keeps its address as long as that is among the answers, since
 * name servers rotate the order of several addresses.
 */
export class Resolver {
  readonly #listener: ResolverListener;
  readonly #lookup: Lookup;
  readonly #found: ReadonlyMap<string, string>;
  readonly #limiter = new Limiter(lookups);
  readonly #known = new Map<string, Known>();

  /** `found`: addresses that somebody else has found. */
  constructor(
    listener: ResolverListener,
    lookup: Lookup = systemLookup,
    found: ReadonlyMap<string, string> = new Map(),
  ) {
    this.#listener = listener;
    this.#lookup = lookup;
    this.#found = found;
  }

  /** Resolves these names from now on, and no others. */
  watch(names: ReadonlySet<string>): void {
    for (const [name, { timer }] of this.#known) {
      if (names.has(name)) continue;
      clearTimeout(timer);
      this.#known.delete(name);
    }
    for (const name of names) {
      if (this.#known.has(name)) continue;
      const known: Known = {
        address: this.#found.get(name) ?? '',
        isFailing: false,
        timer: undefined,
      };
      this.#known.set(name, known);
      void this.#resolve(name, known);
    }
  }

  /** The address of a name now, or ''. */
  address(name: string): string {
    return this.#known.get(name)?.address ?? '';
  }

  /** Of all names, as far as they are known. */
  get addresses(): ReadonlyMap<string, string> {
    const found = [...this.#known].map(([name, { address }]) => [name, address] as const);
    return new Map(found.filter(([, address]) => address !== ''));
  }

  /** The listener is not called any more. */
  stop(): void {
    this.watch(new Set());
  }

  async #resolve(name: string, known: Known): Promise<void> {
    const answer = await this.#limiter.run(() => this.#ask(name));
    if (this.#known.get(name) !== known) return;
    if ('reason' in answer) {
      if (!known.isFailing) this.#listener.failed(name, answer.reason);
      known.isFailing = true;
    } else {
      known.isFailing = false;
      this.#accept(name, known, answer.addresses);
    }
    known.timer = setTimeout(
      () => void this.#resolve(name, known),
      known.address === '' ? firstInterval : interval,
    );
  }

  async #ask(name: string): Promise<{ readonly addresses: readonly string[] } | { readonly reason: string }> {
    try {
      const addresses = await this.#lookup(name);
      return addresses.length === 0 ? { reason: 'it has no address' } : { addresses };
    } catch (error) {
      return { reason: messageOf(error) };
    }
  }

  #accept(name: string, known: Known, addresses: readonly string[]): void {
    const before = known.address;
    if (addresses.includes(before)) return;
    known.address = addresses[0] ?? '';
    this.#listener.changed(name, known.address, before);
  }
}

export const systemLookup: Lookup = async (name) => {
  const answers = await lookUpAll(name, { all: true, order: 'verbatim' });
  return answers.map(({ address }) => address);
};
