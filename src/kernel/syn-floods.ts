/** What is to be recorded of a flood of SYN packets to the listeners of a policy. */
export type SynFloodLine = {
  /** Row id. */
  readonly policy: number;
  readonly phase: 'start' | 'summary' | 'end';
  /** Handshakes that the kernel has answered since the line before. */
  readonly count: number;
  /** Of the whole flood. */
  readonly total: number;
  /** The most in a second. */
  readonly peak: number;
  /** Milliseconds from its first line to the last answer. */
  readonly duration: number;
};

type Flood = {
  readonly since: number;
  line: number;
  last: number;
  untold: number;
  total: number;
  peak: number;
};

/** Milliseconds without an answer after which a flood is over: longer than the kernel goes on answering. */
const quiet = 15_000;

/** Makes lines of what the kernel counts: one at the start of a flood, one in an interval, one at its end. */
export class SynFloods {
  /** Milliseconds between two lines of one that goes on. */
  interval = 3_600_000;
  readonly #emit: (line: SynFloodLine) => void;
  readonly #floods = new Map<number, Flood>();
  readonly #answered = new Map<number, number>();
  #looked = 0;

  constructor(emit: (line: SynFloodLine) => void) {
    this.#emit = emit;
  }

  /** Handshakes of a policy that the kernel has answered. */
  answered(policy: number): number {
    return this.#answered.get(policy) ?? 0;
  }

  isOn(policy: number): boolean {
    return this.#floods.has(policy);
  }

  /** `counted`: how many more there are by policy. `now`: milliseconds of a monotonic clock. */
  look(counted: ReadonlyMap<number, number>, now: number): void {
    const seconds = Math.max(1, (now - this.#looked) / 1000);
    this.#looked = now;
    for (const [policy, more] of counted) {
      if (more === 0) continue;
      this.#answered.set(policy, this.answered(policy) + more);
      const known = this.#floods.get(policy);
      const flood = known ?? { since: now, line: now, last: now, untold: 0, total: 0, peak: 0 };
      this.#floods.set(policy, flood);
      flood.last = now;
      flood.untold += more;
      flood.total += more;
      flood.peak = Math.max(flood.peak, Math.round(more / seconds));
      if (known === undefined) this.#tell(policy, flood, 'start');
      else if (now - flood.line >= this.interval) {
        flood.line = now;
        this.#tell(policy, flood, 'summary');
      }
    }
    for (const [policy, { last }] of this.#floods) if (now - last >= quiet) this.#end(policy);
  }

  /** Ends all. */
  stop(): void {
    for (const policy of this.#floods.keys()) this.#end(policy);
  }

  #end(policy: number): void {
    const flood = this.#floods.get(policy);
    this.#floods.delete(policy);
    if (flood !== undefined) this.#tell(policy, flood, 'end');
  }

  #tell(policy: number, flood: Flood, phase: SynFloodLine['phase']): void {
    const { since, last, untold: count, total, peak } = flood;
    flood.untold = 0;
    this.#emit({ policy, phase, count, total, peak, duration: last - since });
  }
}
