import type { HealthCheck, HealthSnapshot } from '../../policy/snapshot.ts';
import type { CheckResult } from './check-result.ts';

/** What is known of one check. */
export type CheckState = {
  readonly check: HealthCheck;
  /** In a row. */
  readonly failures: number;
  /** Why it fails; '' while it passes, or has not failed often enough. */
  readonly reason: string;
  /** It has passed once: somebody is there. */
  readonly hasPassed: boolean;
  /** The system does not let the check be made, so that it says nothing about the member. */
  readonly isRefused: boolean;
};

export function unproven(check: HealthCheck): CheckState {
  return {
    check,
    failures: 0,
    reason: '',
    hasPassed: false,
    isRefused: false,
  };
}

export function after(state: CheckState, result: CheckResult): CheckState {
  switch (result.type) {
    case 'passed':
      return { ...unproven(state.check), hasPassed: true };
    case 'not-made':
      return state;
    case 'refused':
      return { ...unproven(state.check), isRefused: true };
    case 'failed': {
      const failures = state.failures + 1;
      const isProven = failures >= state.check.retryTimes;
      return { ...state, isRefused: false, failures, reason: isProven ? result.reason : state.reason };
    }
  }
}

/** Why the member is down, or '' while it is up. It is up until proven down, and without a check that can be made. */
export function whyDown(relationship: HealthSnapshot['relationship'], states: readonly CheckState[]): string {
  const made = states.filter(({ isRefused }) => !isRefused);
  const failing = made.filter(({ reason }) => reason !== '');
  const isDown =
    relationship === 'and' ? failing.length > 0 : failing.length > 0 && failing.length === made.length;
  if (!isDown) return '';
  return failing.map(({ check, reason }) => `${check.type} check: ${reason}`).join('; ');
}
