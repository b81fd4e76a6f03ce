import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readNotation } from '../../../src/api/description/parameter-notation.ts';
import { parametersSchema } from '../../../src/api/description/parameters-schema.ts';

const items = { type: ['string', 'number'] };
const value = (title: string): unknown => ({ ...items, title });

test('what an operation takes is a list whose order, places and length are described', () => {
  assert.deepEqual(parametersSchema(''), { type: 'array', items, minItems: 0, maxItems: 0 });
  assert.deepEqual(parametersSchema('"<policy>" <address> <1-86400>'), {
    type: 'array',
    description: 'In this order, each word and value an item: <policy> <address> <1-86400>',
    prefixItems: [
      value('policy'),
      value('address'),
      { type: ['integer', 'string'], minimum: 1, maximum: 86400 },
    ],
    items,
    minItems: 3,
    maxItems: 3,
    examples: [['policy', '192.0.2.1', 1]],
  });
  assert.deepEqual(parametersSchema('["<policy>"] [top <1-9>] [by open|refused]'), {
    type: 'array',
    description:
      'In this order, each word and value an item: [<policy>] [top <1-9>] [by open|refused]. What is in [ ] may be left out',
    items,
    minItems: 0,
    maxItems: 5,
    examples: [['policy', 'top', 1, 'by', 'open']],
  });
});

test('places are fixed up to what may be left out, or is one of several', () => {
  const places = (notation: string): readonly unknown[] => {
    const { prefixItems, minItems, maxItems } = parametersSchema(notation);
    return [prefixItems, minItems, maxItems];
  };
  assert.deepEqual(places('<revision> [comment "<comment>"]'), [
    [value('revision'), { const: 'comment' }, value('comment')],
    1,
    3,
  ]);
  assert.deepEqual(places('<key> <value> [<value> ...]'), [
    [value('key'), value('value'), value('value')],
    2,
    undefined,
  ]);
  assert.deepEqual(places('{size <8-99> | reset}'), [
    [{ anyOf: [{ const: 'size' }, { const: 'reset' }] }],
    1,
    2,
  ]);
  assert.deepEqual(places('{enable | disable}'), [
    [{ anyOf: [{ const: 'enable' }, { const: 'disable' }] }],
    1,
    1,
  ]);
  assert.deepEqual(places('[confirmed <1-9> [guard <0-9>]] [comment "<comment>"]'), [undefined, 0, 6]);
});

test('a notation that is none is found where the description is made', () => {
  for (const wrong of ['[<a>', '<a>]', '<a> | <b>', '{<a>]'])
    assert.throws(() => readNotation(wrong), /no notation/, wrong);
});
