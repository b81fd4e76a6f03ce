import type { Snapshot } from '../../policy/snapshot.ts';
import { limitOf } from '../../verdict/judge/limit.ts';
import { forgetPeaks } from '../../verdict/upkeep/peaks.ts';

/** Forgets the peaks of sources that have left once they say nothing about the policies that run. */
export class PeakKeeper {
  readonly #table: SharedArrayBuffer;
  /** By policy: the prefix lengths by which it counts sources. */
  #prefixes: ReadonlyMap<number, string> = new Map();

  constructor(table: SharedArrayBuffer) {
    this.#table = table;
  }

  /** Forgets the peaks of policies that no longer exist or that count by other prefixes now. */
  apply({ policies }: Snapshot): void {
    const former = this.#prefixes;
    const prefixes = new Map(
      policies.map((policy) => {
        const { prefixV4, prefixV6 } = limitOf(policy);
        return [policy.id, `${prefixV4} ${prefixV6}`];
      }),
    );
    this.#prefixes = prefixes;
    forgetPeaks(this.#table, (policy) => prefixes.get(policy) === former.get(policy));
  }
}
