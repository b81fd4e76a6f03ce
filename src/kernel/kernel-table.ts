import { type Change, elementCommands } from './elements.ts';
import { ListingReader, type Standing } from './listing.ts';
import type { Nft, NftFailure } from './nft.ts';
import type { KernelPlan } from './plan.ts';
import { type Hook, refusedSet, removalCommands, rulesetCommands } from './ruleset.ts';

/** Elements in one call: more do not fit into a message of netlink. */
export const mostChanges = 1000;
/** Milliseconds: an element that ends sooner is not worth a call. */
const shortest = 20;

/** An element with its end on the clock of the table, and the packets that it was matched with. */
export type TableElement = {
  readonly set: string;
  readonly address: string;
  readonly until: number;
  readonly packets: number;
};

/** A table as it was read. */
export type TableReading = {
  /** All but the elements, as nft prints it; '' where there is no table. */
  readonly rules: string;
  readonly standing: Standing | null;
  readonly elements: readonly TableElement[];
  /** Packets that were refused, by the key of their policy. */
  readonly refused: ReadonlyMap<string, number>;
};

export type KernelTableOptions = {
  /** Of the table, in family inet. */
  readonly name: string;
  readonly nft: Nft;
  /** As in generation.ts. */
  readonly generation: () => number | null;
  /** Milliseconds of a monotonic clock. */
  readonly now: () => number;
};

/** One table of nftables, which nobody else is to change; a call at a time. */
export class KernelTable {
  readonly name: string;
  readonly #options: KernelTableOptions;
  /** Of nftables after the last change of ours; undefined: there was none yet. */
  #generation: number | null | undefined;
  #isForeign = false;
  #hook: Hook = 'prerouting';

  constructor(options: KernelTableOptions) {
    this.name = options.name;
    this.#options = options;
  }

  /** Whether somebody else has changed something of nftables, not necessarily this table, since `heed` was called. */
  get mayBeForeign(): boolean {
    return (
      this.#isForeign || (this.#generation !== undefined && this.#options.generation() !== this.#generation)
    );
  }

  /** What others have changed until now is about to be read. */
  heed(): void {
    this.#isForeign = false;
    this.#generation = this.#options.generation();
  }

  async read(): Promise<TableReading | NftFailure> {
    const { nft, now } = this.#options;
    const elements: TableElement[] = [];
    const refused = new Map<string, number>();
    const reader = new ListingReader(({ set, address, left, packets }) => {
      if (set === refusedSet) refused.set(address, packets);
      else elements.push({ set, address, packets, until: now() + (left ?? Number.POSITIVE_INFINITY) });
    });
    const failure = await nft(`list table inet ${this.name}\n`, (text) => reader.read(text));
    reader.end();
    if (failure === null) return { rules: reader.rules, standing: reader.standing, elements, refused };
    return isMissing(failure) ? { rules: '', standing: null, elements: [], refused } : failure;
  }

  /**
   * Brings the rules to what a plan says. `before`: what stands, as far as is known.
   *
   * @returns `made-anew` where all elements are gone: nothing that stood was as it should be
   */
  async put(plan: KernelPlan, before: Standing | null): Promise<'changed' | 'made-anew' | NftFailure> {
    if (before !== null) {
      const failure = await this.#change(rulesetCommands(this.name, plan, this.#hook, before));
      if (failure === null) return 'changed';
      if (failure.kind !== 'refused') return failure;
    }
    const failure = await this.#change(rulesetCommands(this.name, plan, this.#hook, null));
    if (failure === null) return 'made-anew';
    if (failure.kind !== 'refused' || plan.action !== 'reset' || this.#hook === 'input') return failure;
    // Before Linux 5.9 a reset can't be sent from there.
    const later = await this.#change(rulesetCommands(this.name, plan, 'input', null));
    if (later !== null) return failure;
    this.#hook = 'input';
    return 'made-anew';
  }

  /** Whether the rules of two plans are the same. */
  isSame(one: KernelPlan, other: KernelPlan): boolean {
    return (
      rulesetCommands(this.name, one, this.#hook, null) ===
      rulesetCommands(this.name, other, this.#hook, null)
    );
  }

  /** Makes those of the changes that still matter, `mostChanges` at most. `done` hears of each that was made. */
  async write(changes: readonly Change[], done: (change: Change) => void): Promise<NftFailure | null> {
    const now = this.#options.now();
    const left = changes.filter(({ until }) => until === null || until - now > shortest);
    if (left.length === 0) return null;
    const failure = await this.#change(elementCommands(this.name, left, now));
    if (failure === null) for (const change of left) done(change);
    return failure;
  }

  /** Removes the table, where it is there. */
  async remove(): Promise<NftFailure | null> {
    const failure = await this.#change(removalCommands(this.name));
    return failure !== null && isMissing(failure) ? null : failure;
  }

  async #change(commands: string): Promise<NftFailure | null> {
    const { nft, generation } = this.#options;
    const before = generation();
    if (this.#generation !== undefined && before !== this.#generation) this.#isForeign = true;
    const failure = await nft(commands);
    const after = generation();
    const own = failure === null && before !== null ? (before + 1) >>> 0 : before;
    if (after !== own) this.#isForeign = true;
    this.#generation = after;
    return failure;
  }
}

/** There is no such table. */
function isMissing({ kind, reason }: NftFailure): boolean {
  return kind === 'refused' && reason.includes('No such file');
}

export function isFailure(result: object | string | null): result is NftFailure {
  return typeof result === 'object' && result !== null && 'reason' in result;
}
