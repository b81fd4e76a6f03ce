import type { Catalogue } from '../../../schemas/catalogue.ts';
import type { SecretNames } from '../../access/concealment.ts';
import { nearest } from '../../text/nearest.ts';
import type { Levels } from '../session/levels.ts';

/** Where secrets can be in what is typed at the level where a session stands. */
export function secretNames(catalogue: Catalogue, { row }: Levels): SecretNames {
  const fields = [...(row?.table.fields.values() ?? [])];
  return {
    fields: new Map(fields.map(({ name, meta }) => [name, meta.secret !== undefined])),
    anywhere: catalogue.secretFields,
    // A letter or two begin too many words; where a row with a secret is open its fields tell more.
    resembles: (word, names) => word.length > 2 && nearest(word, names) !== undefined,
  };
}
