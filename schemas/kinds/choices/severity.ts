import type { FieldSchema } from '../../field.ts';
import { choice } from './choice.ts';

/** How severe a violation is said to be. */
export function severity(): FieldSchema {
  return choice({
    help: 'Severity of a violation in logs and reports',
    choices: {
      High: 'The most severe',
      Medium: 'Between High and Low',
      Low: 'The least severe',
      Info: 'For information only',
    },
    default: 'Medium',
  });
}
