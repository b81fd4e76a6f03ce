import type { Levels } from './levels.ts';

/** `Levee # `, and where the session stands in between: `Levee (policy) # `. */
export function prompt(hostName: string, { label }: Levels): string {
  return `${hostName} ${label === undefined ? '' : `(${label}) `}# `;
}
