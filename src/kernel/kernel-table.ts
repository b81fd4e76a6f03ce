import { type Change, elementCommands, isBlockedSet } from './elements.ts';
import { ListingReader, type Standing } from './listing.ts';
import type { Nft, NftFailure } from './nft.ts';
import type { OpenConnection } from './open-connections.ts';
import type { KernelPlan } from './plan.ts';
import { type Hook, refusedSet, removalCommands, rulesetCommands } from './ruleset.ts';
import { answeredSet, sparingCommands } from './synproxy-rules.ts';

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
  /** Handshakes that were answered, likewise. */
  readonly answered: ReadonlyMap<string, number>;
};

/** Rules that were put. */
export type PutRules = {
  /** What they are of. */
  readonly plan: KernelPlan;
  /** All elements are gone: nothing that stood was as it should be. */
  readonly isAnew: boolean;
  /** Why the kernel does not answer handshakes as it should, or ''. */
  readonly fault: string;
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
    const answered = new Map<string, number>();
    const reader = new ListingReader(({ set, address, left, packets }) => {
      if (set === refusedSet) refused.set(address, packets);
      else if (set === answeredSet) answered.set(address, packets);
      else if (isBlockedSet(set))
        elements.push({ set, address, packets, until: now() + (left ?? Number.POSITIVE_INFINITY) });
    });
    const failure = await nft(`list table inet ${this.name}\n`, (text) => reader.read(text));
    reader.end();
    if (failure === null)
      return { rules: reader.rules, standing: reader.standing, elements, refused, answered };
    return isMissing(failure) ? { rules: '', standing: null, elements: [], refused, answered } : failure;
  }

  /** The handshakes that were answered, by the key of their policy: quick, however many elements the other sets have. */
  async readAnswered(): Promise<ReadonlyMap<string, number> | NftFailure> {
    const answered = new Map<string, number>();
    const reader = new ListingReader(({ address, packets }) => answered.set(address, packets));
    const failure = await this.#options.nft(`list set inet ${this.name} ${answeredSet}\n`, (text) =>
      reader.read(text),
    );
    reader.end();
    return failure ?? answered;
  }

  /** Brings the rules to what a plan says, or as near to it as the kernel can. `before`: what stands, as far as is known. */
  async put(plan: KernelPlan, before: Standing | null): Promise<PutRules | NftFailure> {
    const done = await this.#putAs(plan, before);
    if (!isFailure(done) || done.kind !== 'refused' || plan.synproxy === null) return done;
    const without = await this.#putAs({ ...plan, synproxy: null }, before);
    return isFailure(without) ? done : { ...without, fault: done.reason };
  }

  async #putAs(plan: KernelPlan, before: Standing | null): Promise<PutRules | NftFailure> {
    const change = (hook: Hook, standing: Standing | null): Promise<NftFailure | null> =>
      this.#change(rulesetCommands(this.name, plan, hook, standing));
    if (before !== null) {
      const failure = await change(this.#hook, before);
      if (failure === null) return { plan, isAnew: false, fault: '' };
      if (failure.kind !== 'refused') return failure;
    }
    const failure = await change(this.#hook, null);
    if (failure === null) return { plan, isAnew: true, fault: '' };
    if (failure.kind !== 'refused' || plan.action !== 'reset' || this.#hook === 'input') return failure;
    // Before Linux 5.9 a reset can't be sent from there. What is answered must not be tracked before: it has no place then.
    if (plan.synproxy !== null || (await change('input', null)) !== null) return failure;
    this.#hook = 'input';
    return { plan, isAnew: true, fault: '' };
  }

  /** Leaves alone what was open before the kernel tracked connections. */
  async spare(connections: readonly OpenConnection[]): Promise<NftFailure | null> {
    for (let first = 0; first < connections.length; first += mostChanges) {
      const commands = sparingCommands(this.name, connections.slice(first, first + mostChanges));
      const failure = await this.#change(commands);
      if (failure !== null) return failure;
    }
    return null;
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
