import type { Catalogue } from '../../../schemas/catalogue.ts';
import { destinationOf } from '../../../schemas/destination.ts';
import { anyDestination, type SecretKey } from '../../access/secret-key.ts';
import { Draft } from '../../store/draft.ts';
import type { Stored } from '../../store/stored.ts';

/**
 * Earlier versions have sealed secrets for any destination: this seals them for the one that they are sent to. Done at
 * each start, since the key may come back later than the database. What can't be opened is left: whoever needs it is told
 * to set it again.
 */
export function settledEarlySecrets(catalogue: Catalogue, stored: Stored, key: SecretKey): Draft {
  const draft = new Draft(stored);
  try {
    settleInto(draft, catalogue, stored, key);
    return draft;
  } catch {
    // A key that can't be read is reported where a secret is wanted; everything else can do without.
    return new Draft(stored);
  }
}

function settleInto(draft: Draft, catalogue: Catalogue, stored: Stored, key: SecretKey): void {
  for (const table of catalogue.withSealedFields) {
    for (const row of stored.of(table.id)) {
      for (const { name } of table.sealedFields) {
        const kept = row.fields.get(name);
        if (typeof kept !== 'string') continue;
        const destination = destinationOf(table, name, row.fields);
        if ('clearText' in key.open(kept, destination)) continue;
        const early = key.open(kept, anyDestination);
        if ('clearText' in early) draft.set(row.id, name, key.seal(early.clearText, destination));
      }
    }
  }
}
