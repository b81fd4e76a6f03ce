/** How bad it is, the worst first (RFC 5424, 6.2.1, under FortiWeb's names). */
export const levels = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notification',
  'information',
  'debug',
] as const;

export type Level = (typeof levels)[number];

/** Its number in syslog: the smaller, the worse. */
export function levelNumber(level: Level): number {
  return levels.indexOf(level);
}

/** Whether a level is as bad as a threshold, or worse. */
export function reaches(level: Level, threshold: Level): boolean {
  return levelNumber(level) <= levelNumber(threshold);
}
