import type { Snapshot } from '../../policy/snapshot.ts';
import { limitOf } from '../../verdict/judge/limit.ts';
import { forgetPeaks } from '../../verdict/upkeep/peaks.ts';

/** Keeps the peaks of sources that have left only as long as they say something about the policies that run. */
export class PeakKeeper {
  readonly #table: SharedArrayBuffer;
  /** By policy: what makes a source. */
  #prefixes: ReadonlyMap<number, string> = new Map();

  constructor(table: SharedArrayBuffer) {
    this.#table = table;
  }

  /** Of a policy that is gone, or that counts by other prefixes now, nothing is kept. */
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
