import assert from 'node:assert/strict';
import { test } from 'node:test';

import { FormerConnections } from '../../src/supervisor/workers/former-connections.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { EntryWatch } from '../../src/verdict/upkeep/entry-changes.ts';
import { recoverWorker } from '../../src/verdict/upkeep/recovery.ts';
import { listSources } from '../../src/verdict/upkeep/sources.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { words } from '../verdict/addresses.ts';
import { limitWith } from '../verdict/setting.ts';

const limits = [1, 2].map((policy) => limitWith('alert', { policy, threshold: 1000, prefixV4: 24 }));

/** What each source holds, and how many of these are silent. */
function held(table: SharedArrayBuffer): Record<string, string> {
  const found: Record<string, string> = {};
  assert.ok(
    atOnce(
      listSources(table, 0, ({ policy, source, open, silent }) => {
        if (open > 0) found[`${policy} ${source}`] = `${open}, ${silent} silent`;
      }),
    ),
  );
  return found;
}

/** What one of two workers does: a connection comes or goes, falls silent or speaks; the worker dies; or somebody looks. */
const steps = fc.array(
  fc.record({
    what: fc.constantFrom('come', 'come', 'come', 'go', 'silent', 'spoke', 'die', 'look'),
    worker: fc.nat(1),
    which: fc.nat(1000),
  }),
  { minLength: 20, maxLength: 120 },
);

test('connections of another process count here as they do there, whatever happens to them', () => {
  fc.assert(
    fc.property(steps, (all) => {
      const there = createSourcesTable(1024);
      const ledgers = [createLedger(200), createLedger(200)];
      const gates = [new Gate(there, ledgers, 1), new Gate(there, ledgers, 2)];
      const connections: number[][] = [[], []];
      const here = createSourcesTable(1024);
      const former = createLedger(400);
      const mirror = new FormerConnections(new Gate(here, [former], 1), (policy) => limits[policy - 1]);
      const watch = new EntryWatch(ledgers);
      for (const { what, worker, which } of [...all, { what: 'look', worker: 0, which: 0 }]) {
        const gate = gates[worker] ?? assert.fail();
        const own = connections[worker] ?? assert.fail();
        const index = which % Math.max(1, own.length);
        const connection = own[index];
        if (what === 'come') {
          gate.admit(limits[which % 2] ?? assert.fail(), words(`10.0.${which % 5}.${which % 250}`), 0);
          own.push(gate.judgement.connection);
        } else if (what === 'die') {
          assert.ok(recoverWorker(there, ledgers, worker + 1));
          gates[worker] = new Gate(there, ledgers, worker + 1);
          own.length = 0;
        } else if (what === 'look') {
          mirror.change(watch.changes());
          assert.deepEqual(held(here), held(there));
          assert.equal(mirror.count, connections.flat().length);
        } else if (connection !== undefined) {
          if (what === 'go') {
            gate.release(connection);
            own.splice(index, 1);
          } else if (what === 'silent') gate.fellSilent(connection);
          else gate.spoke(connection);
        }
      }
      assert.ok(recoverWorker(here, [former], 1));
      assert.deepEqual(held(here), {});
    }),
    { numRuns: rounds(30, 600) },
  );
});
