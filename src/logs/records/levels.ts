import type { LogSeverity } from '../../policy/logging.ts';

/** Their numbers in syslog (RFC 5424, 6.2.1): the smaller, the worse. */
const numbers: Readonly<Record<LogSeverity, number>> = {
  emergency: 0,
  alert: 1,
  critical: 2,
  error: 3,
  warning: 4,
  notification: 5,
  information: 6,
  debug: 7,
};

export function levelNumber(level: LogSeverity): number {
  return numbers[level];
}

/** Whether a level is as bad as a threshold, or worse. */
export function reaches(level: LogSeverity, threshold: LogSeverity): boolean {
  return numbers[level] <= numbers[threshold];
}
