import type { SourceIdentity } from '../verdict/upkeep/source-state.ts';
import { setName } from './elements.ts';
import type { TableElement, TableReading } from './kernel-table.ts';
import type { KernelPlan } from './plan.ts';

type Count = {
  readonly source: SourceIdentity;
  total: number;
  /** Of the total, what was taken. */
  told: number;
  /** What the counter of its element said last. */
  seen: number;
  /** Readings in a row without it. */
  absent: number;
};

/** A source whose block is over, with packets that nobody has taken. */
export type Untold = SourceIdentity & { readonly packets: number };

/** Readings without a source after which nobody who records its block will ask for what is left. */
const givenUp = 3;

/**
 * Packets that the kernel has refused, each the first of a connection: retransmitted and forged ones are among them. Sets
 * and elements come and go with their counters, and the sums stay.
 */
export class RefusedPackets {
  /** By set and address. */
  readonly #counts = new Map<string, Count>();
  readonly #onUntold: (untold: Untold) => void;
  #total = 0;
  #seen: ReadonlyMap<string, number> = new Map();

  constructor(onUntold: (untold: Untold) => void) {
    this.#onUntold = onUntold;
  }

  /** Of all sources. */
  get total(): number {
    return this.#total;
  }

  /** Whether there is something that was not told, or may not be for long. */
  get areComing(): boolean {
    return this.#counts.size > 0;
  }

  of({ policy, source }: SourceIdentity): number {
    return this.#counts.get(keyOf(setName(policy, source), source))?.total ?? 0;
  }

  /** Those that nobody has taken yet. */
  take({ policy, source }: SourceIdentity): number {
    const count = this.#counts.get(keyOf(setName(policy, source), source));
    if (count === undefined) return 0;
    const untold = count.total - count.told;
    count.told = count.total;
    return untold;
  }

  /** What was read is of an earlier process, which has told it. */
  adopt(): void {
    for (const count of this.#counts.values()) count.told = count.total;
  }

  /** An element is gone: if its address is in the set again, its counter begins at 0. */
  removed({ set, address }: { readonly set: string; readonly address: string }): void {
    const count = this.#counts.get(keyOf(set, address));
    if (count !== undefined) count.seen = 0;
  }

  /** Likewise all of them, and the counters of the table. */
  madeAnew(): void {
    this.#seen = new Map();
    for (const count of this.#counts.values()) count.seen = 0;
  }

  /** `plan`: what the table is for. */
  read({ elements, refused }: TableReading, plan: KernelPlan | null): void {
    for (const [key, packets] of refused) this.#total += increase(this.#seen.get(key) ?? 0, packets);
    this.#seen = refused;
    for (const count of this.#counts.values()) count.absent += 1;
    const policies = new Map(
      [...(plan?.policies.values() ?? [])].flatMap(({ id, prefixV4, prefixV6 }) => [
        [setName(id, '0.0.0.0'), { policy: id, prefix: prefixV4 }] as const,
        [setName(id, '::'), { policy: id, prefix: prefixV6 }] as const,
      ]),
    );
    for (const element of elements) {
      const owner = policies.get(element.set);
      if (owner !== undefined) this.#readElement(element, { ...owner, source: element.address });
    }
    this.#forget();
  }

  #readElement({ set, address, packets }: TableElement, source: SourceIdentity): void {
    const key = keyOf(set, address);
    const known = this.#counts.get(key);
    if (known !== undefined) {
      known.total += increase(known.seen, packets);
      known.seen = packets;
      known.absent = 0;
    } else if (packets > 0) {
      this.#counts.set(key, { source, total: packets, told: 0, seen: packets, absent: 0 });
    }
  }

  #forget(): void {
    for (const [key, { source, total, told, absent }] of this.#counts) {
      if (absent < givenUp) continue;
      this.#counts.delete(key);
      if (total > told) this.#onUntold({ ...source, packets: total - told });
    }
  }
}

function keyOf(set: string, address: string): string {
  return `${set} ${address}`;
}

/** A counter that says less than it did is that of another element. */
function increase(before: number, now: number): number {
  return now < before ? now : now - before;
}
