import { targetsOf } from '../../../schemas/content.ts';
import type { ConfigurationSource } from '../reading.ts';

/** Row ids of all that each trigger policy names, by the name of the policy. */
export type Triggers = ReadonlyMap<string, readonly number[]>;

export function compileTriggers(source: ConfigurationSource): Triggers {
  return new Map(
    source
      .rows('log trigger-policy', null)
      .map(({ key, fields }) => [key, [...fields.values()].flatMap(targetsOf)]),
  );
}
