import type { HealthCheck } from '../../policy/snapshot.ts';
import type { CheckResult } from './check-result.ts';
import { after, type CheckState, unproven, whyDown } from './check-state.ts';
import type { HealthTarget } from './checker.ts';

/** What the checks of a member need of whoever runs them. */
export interface CheckHost {
  /** From 0 to less than 1. */
  random(): number;
  /** Makes one check, once there is room for it. Its result is ignored after an abort. */
  make(target: HealthTarget, check: HealthCheck, signal: AbortSignal): Promise<CheckResult>;
  /** A check has been made, and `states` tells what is known now. */
  checked(checks: MemberChecks, check: HealthCheck, result: CheckResult): void;
}

/** Milliseconds over which first checks are spread. */
const firstSpread = 2000;
/** Of an interval, so that members that began together drift apart. */
const jitter = 0.1;

/** The checks of one member, each on a timer of its own, from construction to `stop`. */
export class MemberChecks {
  readonly target: HealthTarget;
  states: readonly CheckState[];
  readonly #host: CheckHost;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  readonly #stopping = new AbortController();

  /** `known`: the states of earlier checks of the same address and port; those that the target still has go on from there. */
  constructor(host: CheckHost, target: HealthTarget, known: readonly CheckState[]) {
    this.#host = host;
    this.target = target;
    this.states = target.health.checks.map((check) => {
      const before = known.find((state) => state.check.id === check.id);
      return before === undefined ? unproven(check) : { ...before, check };
    });
    for (const { interval, id } of target.health.checks) {
      this.#later(id, host.random() * Math.min(interval * 1000, firstSpread));
    }
  }

  /** Why the member is down; '' while it is up. */
  get reason(): string {
    return whyDown(this.target.health.relationship, this.states);
  }

  stop(): void {
    this.#stopping.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  #later(check: number, delay: number): void {
    this.#timers.set(
      check,
      setTimeout(() => void this.#make(check), delay),
    );
  }

  async #make(id: number): Promise<void> {
    const { signal } = this.#stopping;
    const check = this.target.health.checks.find((candidate) => candidate.id === id);
    if (check === undefined) return;
    const result = await this.#host.make(this.target, check, signal);
    if (signal.aborted) return;
    this.states = this.states.map((state) => (state.check.id === id ? after(state, result) : state));
    this.#later(id, check.interval * 1000 * (1 - jitter / 2 + jitter * this.#host.random()));
    this.#host.checked(this, check, result);
  }
}
