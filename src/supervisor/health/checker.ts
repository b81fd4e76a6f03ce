import type { HealthCheck, HealthSnapshot } from '../../policy/snapshot.ts';
import type { CheckResult } from './check-result.ts';

/** A member that is checked. */
export type HealthTarget = {
  /** Row id of the member. */
  readonly id: number;
  readonly address: string;
  readonly port: number;
  /** The host that an HTTP request names: the member's name, else its address. */
  readonly host: string;
  readonly health: HealthSnapshot;
};

/**
 * Makes checks of one type. A type is a file in checks/, named by the word that the configuration has for it, that
 * exports a function which makes the checker.
 */
export interface Checker {
  /** Checks a member once. The result is ignored after an abort. */
  check(target: HealthTarget, check: HealthCheck, signal: AbortSignal): Promise<CheckResult>;
  /** Closes what it keeps open between checks. Resolves when no socket is left; a later check may open some again. */
  close?(): Promise<void>;
}
