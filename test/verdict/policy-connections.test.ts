import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { connectionsByPolicy } from '../../src/verdict/upkeep/policy-connections.ts';
import { words } from './addresses.ts';
import { limitWith } from './setting.ts';

test('connections of a policy are all that its workers hold, counted or not', () => {
  const table = createSourcesTable(1024);
  const ledgers = [createLedger(2000), createLedger(10)];
  const [first, second] = ledgers.map((_, index) => new Gate(table, ledgers, index + 1));
  assert.ok(first !== undefined && second !== undefined);
  const web = limitWith('alert', { policy: 1 });
  const mail = limitWith('alert', { policy: 2 });
  for (let source = 0; source < 1030; source++) {
    first.admit(web, words(`10.0.${source >> 8}.${source & 255}`), 0);
  }
  assert.equal(first.judgement.counted, false, 'the table is full');
  second.hold(web, words('192.0.2.1'), 0);
  for (let more = 0; more < 3; more++) second.admit(mail, words('192.0.2.2'), 0);
  second.release(second.judgement.connection);
  assert.deepEqual(
    connectionsByPolicy(ledgers),
    new Map([
      [1, 1031],
      [2, 2],
    ]),
  );
});
