import assert from 'node:assert/strict';
import type { LookupFunction } from 'node:net';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { NameLookups } from '../../src/logs/sending/name-lookups.ts';

test('names of log servers are looked up one after another, and only those that are still wanted', async () => {
  const asked: { readonly name: string; answer(address: string): void }[] = [];
  const ask: LookupFunction = (name, _, answered) =>
    asked.push({ name, answer: (address) => answered(null, address, 4) });
  const lookups = new NameLookups(ask);
  const found: string[] = [];
  const wanted = new Set(['a', 'b', 'c', 'd']);
  for (const name of wanted) {
    const lookup = lookups.whileWanted(() => wanted.has(name));
    lookup(name, {}, (_, address) => found.push(`${name} ${String(address)}`));
  }
  lookups.whileWanted(() => true)('192.0.2.9', {}, () => undefined);
  assert.deepEqual(
    asked.splice(0).map(({ name }) => name),
    ['192.0.2.9'],
    'an address waits for nobody',
  );
  wanted.delete('b');
  await setImmediate();
  assert.deepEqual(
    asked.map(({ name }) => name),
    ['a'],
  );
  asked[0]?.answer('192.0.2.1');
  await setImmediate();
  assert.deepEqual(
    asked.map(({ name }) => name),
    ['a', 'c'],
  );
  wanted.delete('d');
  asked[1]?.answer('192.0.2.3');
  await setImmediate();
  assert.deepEqual([asked.length, found], [2, ['a 192.0.2.1', 'c 192.0.2.3']]);
});
