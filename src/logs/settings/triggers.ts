import type { Reading } from '../../policy/reading.ts';

/** Row ids of all that each trigger policy names, by the name of the policy. */
export type Triggers = ReadonlyMap<string, readonly number[]>;

export function compileTriggers(reading: Reading): Triggers {
  return new Map(
    reading.source.rows('log trigger-policy', null).map((row) => {
      const named = [...row.fields.keys()].flatMap((field) => reading.targets(row, field));
      return [row.key, named.map(({ id }) => id)];
    }),
  );
}
