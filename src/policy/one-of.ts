import type { Severity } from './snapshot.ts';

export const severities: readonly Severity[] = ['High', 'Medium', 'Low', 'Info'];

/** A word that a schema let pass, as one of those that it can be. */
export function oneOf<T extends string>(words: readonly T[], text: string): T {
  const found = words.find((candidate) => candidate === text);
  if (found === undefined) throw new Error(`the schema lets ${text} pass, which nothing here knows`);
  return found;
}
