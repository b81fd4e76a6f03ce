import type { Common, FieldSchema } from '../field.ts';
import { choice } from './choice.ts';

/** The levels of log records, the most severe first (RFC 5424, under FortiWeb's names). */
export const logSeverities = [
  'emergency',
  'alert',
  'critical',
  'error',
  'warning',
  'notification',
  'information',
  'debug',
] as const;

export type LogSeverity = (typeof logSeverities)[number];

const help: Readonly<Record<LogSeverity, string>> = {
  emergency: 'The system is unusable',
  alert: 'Attacks, and what needs someone at once',
  critical: 'Something is broken',
  error: 'Something has failed',
  warning: 'Something may fail',
  notification: 'Normal, and worth to know: changes, connections',
  information: 'What goes on',
  debug: 'Everything',
};

/** The least severe level of records that something takes. */
export function logSeverity(options: Common & { default: LogSeverity }): FieldSchema {
  return choice({ ...options, choices: help });
}
