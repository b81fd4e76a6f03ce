import type { Levels } from './levels.ts';

/**
 * `Levee # `, and where the session stands in between: `Levee (policy) # `. One that can change nothing ends in `$`,
 * as on FortiOS.
 */
export function prompt(hostName: string, { label }: Levels, mayWrite: boolean): string {
  return `${hostName} ${label === undefined ? '' : `(${label}) `}${mayWrite ? '#' : '$'} `;
}
