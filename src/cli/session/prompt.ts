import type { Levels } from './levels.ts';

/**
 * `Levee # `, and where the session stands in between: `Levee (policy) # `. One that can change nothing ends in `$`,
 * as on FortiOS.
 *
 * @param state what whoever types is to know first, as that a transaction is open
 */
export function prompt(
  hostName: string,
  { label }: Levels,
  mayWrite: boolean,
  state: readonly string[],
): string {
  const parts = [...state.map((each) => `[${each}] `), ...(label === undefined ? [] : [`(${label}) `])];
  return `${hostName} ${parts.join('')}${mayWrite ? '#' : '$'} `;
}
