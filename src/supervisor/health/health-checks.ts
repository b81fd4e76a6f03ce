import { join } from 'node:path';
import { loadFolder } from '../../modules/folder.ts';
import type { HealthCheck } from '../../policy/snapshot.ts';
import { Limiter } from '../tasks/limiter.ts';
import type { CheckResult } from './check-result.ts';
import type { Checker, HealthTarget } from './checker.ts';
import { type CheckHost, MemberChecks } from './member-checks.ts';

/** What makes a checker, by the type of its checks. */
const checkers = await loadFolder<() => Checker>(join(import.meta.dirname, 'checks'));

/** Checks that are made at once: each has a descriptor. */
const atOnce = 64;

export interface HealthListener {
  /**
   * A member has gone down for this reason, or with '' has come up again.
   *
   * @param isProven false when it counts as up only because it is no longer checked, or has another address now
   */
  changed(id: number, reason: string, isProven: boolean): void;
  /** The system does not let one type of check be made. Called once for each type. */
  refused(type: HealthCheck['type'], reason: string): void;
}

/** Runs the health checks of all members, on the main thread. A member is up until it is proven down. */
export class HealthChecks implements CheckHost {
  readonly #listener: HealthListener;
  readonly #limiter = new Limiter(atOnce);
  readonly #checkers = new Map([...checkers].map(([type, make]) => [type, make()]));
  readonly #members = new Map<number, MemberChecks>();
  /** The reason of each member that is down. */
  readonly #down = new Map<number, string>();
  readonly #refused = new Set<string>();

  constructor(listener: HealthListener) {
    this.#listener = listener;
  }

  /** Why a member is down, by its latest checks; '' while it is up. */
  reason(id: number): string {
    return this.#down.get(id) ?? '';
  }

  /** A check of it has passed, since it is checked where it is now. */
  hasPassed(id: number): boolean {
    return this.#members.get(id)?.states.some(({ hasPassed }) => hasPassed) ?? false;
  }

  /** Checks these members from now on, and no others. One that is the same as before goes on undisturbed. */
  watch(targets: readonly HealthTarget[]): void {
    const wanted = new Map(targets.map((target) => [target.id, target]));
    for (const [id, checks] of this.#members) {
      const target = wanted.get(id);
      if (target !== undefined && isSame(target, checks.target)) continue;
      checks.stop();
      this.#members.delete(id);
      const states = target !== undefined && isSameServer(target, checks.target) ? checks.states : [];
      if (target !== undefined) this.#members.set(id, new MemberChecks(this, target, states));
      this.#record(id, this.#members.get(id)?.reason ?? '', false);
    }
    for (const [id, target] of wanted) {
      if (!this.#members.has(id)) this.#members.set(id, new MemberChecks(this, target, []));
    }
  }

  /** The listener is not called any more. Resolves when no socket is left. */
  async stop(): Promise<void> {
    for (const checks of this.#members.values()) checks.stop();
    this.#members.clear();
    await Promise.all([...this.#checkers.values()].map((checker) => checker.close?.()));
  }

  random(): number {
    return Math.random();
  }

  make(target: HealthTarget, check: HealthCheck, signal: AbortSignal): Promise<CheckResult> {
    return this.#limiter.run(() => {
      if (signal.aborted) return Promise.resolve({ type: 'not-made', reason: '' });
      const checker = this.#checkers.get(check.type);
      if (checker === undefined) throw new RangeError(`there is no ${check.type} check`);
      return checker.check(target, check, signal);
    });
  }

  checked({ target, reason }: MemberChecks, { type }: HealthCheck, result: CheckResult): void {
    if (result.type === 'refused' && !this.#refused.has(type)) {
      this.#refused.add(type);
      this.#listener.refused(type, result.reason);
    }
    this.#record(target.id, reason, true);
  }

  /** A member that is down for another reason than before has not changed. */
  #record(id: number, reason: string, isProven: boolean): void {
    const wasDown = this.#down.has(id);
    if (reason === '') this.#down.delete(id);
    else this.#down.set(id, reason);
    if (wasDown !== (reason !== '')) this.#listener.changed(id, reason, isProven);
  }
}

function isSameServer(one: HealthTarget, other: HealthTarget): boolean {
  return one.address === other.address && one.port === other.port;
}

function isSame(one: HealthTarget, other: HealthTarget): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
