import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../src/text/nearest.ts';
import fc from '../property.ts';

const fields = ['layer4-connection-threshold', 'action', 'severity', 'trigger-policy', 'block-period'];

const meant: readonly (readonly [word: string, nearest: string | undefined])[] = [
  ['actoin', 'action'],
  ['acton', 'action'],
  ['actiion', 'action'],
  ['axtion', 'action'],
  ['ACTION', 'action'],
  ['trigger_policy', 'trigger-policy'],
  ['layer4-connection', 'layer4-connection-threshold'],
  ['layer4-conection-treshold', 'layer4-connection-threshold'],
  ['block-perod', 'block-period'],
  ['sev', 'severity'],
  ['colour', undefined],
  ['x', undefined],
  ['', undefined],
];

for (const [word, expected] of meant) {
  test(`'${word}' was meant as ${expected}`, () => assert.equal(nearest(word, fields), expected));
}

test('among equally near ones the first wins, and a nearer one later', () => {
  assert.equal(nearest('port3', ['port1', 'port2']), 'port1');
  assert.equal(nearest('prot2', ['port1', 'port2']), 'port2');
  assert.equal(nearest('bl', ['black', 'block']), 'black');
  assert.equal(nearest('bloc', ['black', 'block']), 'block');
});

test('one edit is always near, and a far word never', () => {
  const words = fc.string({ unit: fc.constantFrom(...'abc-'), minLength: 1, maxLength: 12 });
  fc.assert(
    fc.property(words, fc.nat(), fc.constantFrom('', 'x'), (word, place, instead) => {
      const at = place % word.length;
      const typed = word.slice(0, at) + instead + word.slice(at + 1);
      assert.equal(nearest(typed, [word]), typed === '' ? undefined : word);
    }),
  );
  fc.assert(
    fc.property(words, (word) => assert.equal(nearest('z'.repeat(word.length + 1), [word]), undefined)),
  );
});
