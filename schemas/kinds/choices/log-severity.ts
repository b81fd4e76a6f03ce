import type { Level } from '../../../src/events/level.ts';
import type { Common, FieldSchema } from '../../field.ts';
import { choice } from './choice.ts';

const help: Readonly<Record<Level, string>> = {
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
export function logSeverity(options: Common & { default: Level }): FieldSchema {
  return choice({ ...options, choices: help });
}
