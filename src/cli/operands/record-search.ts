import type { LogLine } from '../../system/log-access.ts';
import type { Keyword } from './keyword-values.ts';

/** Records that are looked at, at most. */
const mostRecords = 100_000;

/** Days and times as records have them, and how many of the newest are wanted. */
export const recordSearch = {
  since: {
    help: 'The first day follows, and a time of it in the same quotes',
    expected: 'a day such as 2026-11-20, or "2026-11-20 08:00"',
    isValid: isMoment,
  },
  until: {
    help: 'The last day follows, and a time of it in the same quotes',
    expected: 'a day such as 2026-11-20, or "2026-11-20 17:30"',
    isValid: isMoment,
  },
  lines: {
    help: 'How many of the newest follows',
    expected: `an integer from 1 to ${mostRecords}`,
    isValid: (text) => /^[1-9]\d{0,5}$/.test(text) && Number(text) <= mostRecords,
  },
} satisfies Readonly<Record<string, Keyword>>;

/** Whether a record is of the days and times that are wanted. They compare as they are written. */
export function isInTime(
  { date, time }: LogLine['fields'],
  since: string | undefined,
  until: string | undefined,
): boolean {
  const moment = `${date} ${time}`;
  // The whole of the last day, or minute.
  const isBefore = until === undefined || moment <= until || moment.startsWith(until);
  return isBefore && (since === undefined || moment >= since);
}

function isMoment(text: string): boolean {
  return /^\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?$/.test(text);
}
