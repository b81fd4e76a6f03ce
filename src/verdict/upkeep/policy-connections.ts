import { read } from '../../memory/words.ts';
import { entryAt, FLAGS, Ledger, POLICY } from '../table/ledger.ts';

/**
 * Connections by the row id of their policy, over the ledgers of all workers: also those that a full table has left
 * uncounted. Under way it may be off by those that come and go meanwhile.
 */
export function connectionsByPolicy(ledgers: readonly SharedArrayBuffer[]): ReadonlyMap<number, number> {
  const connections = new Map<number, number>();
  for (const buffer of ledgers) {
    const ledger = new Ledger(buffer);
    const { words } = ledger;
    for (let connection = 0; connection < ledger.touched(); connection++) {
      const entry = entryAt(connection);
      if (Atomics.load(words, entry + FLAGS) === 0) continue;
      const policy = read(words, entry + POLICY);
      connections.set(policy, (connections.get(policy) ?? 0) + 1);
    }
  }
  return connections;
}
