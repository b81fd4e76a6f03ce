import { TimeSlice } from '../time/time-slice.ts';
import type { SourceIdentity } from '../verdict/upkeep/source-state.ts';
import { type Change, changesBetween, type Elements, setName } from './elements.ts';
import { isFailure, type KernelTable, mostChanges, type TableReading } from './kernel-table.ts';
import type { NftFailure } from './nft.ts';
import type { RefusedPackets } from './refused-packets.ts';

type Place = { readonly set: string; readonly address: string };

/** The sets of a table, as far as is known, and the way to other elements. A source that is lifted never waits for others. */
export class BlockedSets {
  readonly #table: KernelTable;
  readonly #packets: RefusedPackets;
  readonly #now: () => number;
  /** Ends by set and address. */
  readonly #held = new Map<string, Map<string, number>>();
  /** Sources that are no longer blocked, and may be in the table. */
  readonly #lifted = new Map<string, Change>();
  /** Those that were lifted since somebody has begun to find out what is to change, or to read the table. */
  readonly #unwanted = new Set<string>();
  /** The table is to be left as it is: what is to be written in batches is not written to its end. */
  isLeft = false;
  /** While the table is read, which may take long, what takes lifted sources out of it; null: it is not read. */
  #lifting: Promise<NftFailure | null> | null = null;

  constructor(table: KernelTable, packets: RefusedPackets, now: () => number) {
    this.#table = table;
    this.#packets = packets;
    this.#now = now;
  }

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  /** The elements that have not ended. */
  get count(): number {
    const now = this.#now();
    let count = 0;
    for (const elements of this.#held.values())
      for (const until of elements.values()) if (until > now) count += 1;
    return count;
  }

  /** Whether one of them ends in so many milliseconds. */
  hasEndWithin(milliseconds: number): boolean {
    const now = this.#now();
    for (const elements of this.#held.values())
      for (const until of elements.values()) if (until > now && until <= now + milliseconds) return true;
    return false;
  }

  has(place: Place): boolean {
    return (this.#held.get(place.set)?.get(place.address) ?? 0) > this.#now();
  }

  /** Is told what there is now. */
  hold(places: Iterable<Place & { readonly until: number }>): void {
    this.#held.clear();
    for (const place of places) this.#put(place, place.until);
  }

  /** Forgets the sets that are gone. */
  keep(sets: ReadonlySet<string>): void {
    for (const set of this.#held.keys()) if (!sets.has(set)) this.#held.delete(set);
  }

  /** What was found out before about what is to be changed no longer counts. */
  begin(): void {
    this.#unwanted.clear();
  }

  changesTo(wanted: Elements): readonly Change[] {
    return changesBetween(this.#held, wanted, this.#now());
  }

  /** How many elements are there that should not be, or are not there that should. */
  driftOf({ elements }: TableReading): number {
    const certainly = this.#now() + certain;
    let there = 0;
    let strange = 0;
    for (const { set, address, until } of elements) {
      if (until < certainly) continue;
      const known = this.#held.get(set)?.get(address);
      if (known === undefined) strange += 1;
      else if (known >= certainly) there += 1;
    }
    let expected = 0;
    for (const each of this.#held.values())
      for (const until of each.values()) if (until >= certainly) expected += 1;
    return strange + Math.max(0, expected - there);
  }

  /** These sources are no longer blocked. False: somebody has to write that with the next changes. */
  lift(sources: readonly SourceIdentity[]): boolean {
    for (const { policy, source: address } of sources) {
      const change = { set: setName(policy, address), address, removes: true, until: null };
      this.#lifted.set(keyOf(change), change);
      this.#unwanted.add(keyOf(change));
    }
    if (this.#lifting === null) return false;
    this.#lifting = this.#lifting.then(async (failure) => failure ?? (await this.#writeLifted()));
    return true;
  }

  /** Reads the table, without the sources that are lifted meanwhile. */
  async read(): Promise<TableReading | NftFailure> {
    this.begin();
    this.#lifting = Promise.resolve(null);
    const reading = await this.#table.read();
    const failure = await this.#lifting;
    this.#lifting = null;
    if (failure !== null || isFailure(reading)) return failure ?? reading;
    return { ...reading, elements: reading.elements.filter((each) => !this.#unwanted.has(keyOf(each))) };
  }

  /** In batches, between which others have turns, and lifted sources are taken out. */
  async write(changes: readonly Change[]): Promise<NftFailure | null> {
    const slice = new TimeSlice();
    for (let first = 0; first < changes.length; first += mostChanges) {
      if (this.isLeft) return { kind: 'failed', reason: 'Levee leaves the table as it is' };
      const failure =
        (await this.#writeLifted()) ?? (await this.#write(changes.slice(first, first + mostChanges)));
      if (failure !== null) return failure;
      if (slice.isOver) await slice.renew();
    }
    return this.#writeLifted();
  }

  #writeLifted(): Promise<NftFailure | null> {
    const lifted = [...this.#lifted.values()].filter((change) => this.has(change));
    this.#lifted.clear();
    return this.#write(lifted);
  }

  #write(changes: readonly Change[]): Promise<NftFailure | null> {
    const wanted = changes.filter((change) => change.until === null || !this.#unwanted.has(keyOf(change)));
    return this.#table.write(wanted, (change) => {
      if (change.removes) this.#packets.removed(change);
      if (change.until === null) this.#held.get(change.set)?.delete(change.address);
      else this.#put(change, change.until);
    });
  }

  #put({ set, address }: Place, until: number): void {
    const elements = this.#held.get(set) ?? new Map<string, number>();
    this.#held.set(set, elements.set(address, until));
  }
}

function keyOf({ set, address }: Place): string {
  return `${set} ${address}`;
}

/** Milliseconds that are left of an element of which it is said whether it is there. */
const certain = 2000;
