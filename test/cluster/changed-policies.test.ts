import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import { tableUsage } from '../../src/verdict/upkeep/sources.ts';
import { ruleOf } from '../policy/snapshots.ts';
import { type ModelStore, type Rule, timing } from './model.ts';
import { clusterOfTables, type TableNode } from './table-node.ts';

const rule: Rule = { limit: 10, allowance: 8, worthFrom: 2, onPartition: 'share' };
const source = '203.0.113.7';
const limited = (threshold: number, prefixV4 = 32) => ({
  rule: ruleOf({ threshold, prefixV4, action: 'deny_no_log' }),
});

type Two = { readonly store: ModelStore<TableNode>; readonly one: TableNode; readonly other: TableNode };

function two(context: TestContext, limit = rule.limit): Two {
  const store = clusterOfTables(2, { ...rule, limit }, timing);
  const [one, other] = store.nodes;
  assert.ok(one !== undefined && other !== undefined);
  context.after(() => {
    for (const node of [one, other]) while (node.open(source) > 0) node.close(source);
    store.run(500);
    // Whatever has changed meanwhile, no slot is kept for nothing.
    for (const { table } of [one, other]) assert.equal(tableUsage(table).used, 0);
  });
  return { store, one, other };
}

function open(node: TableNode, count: number): void {
  for (let opened = 0; opened < count; opened++) assert.ok(node.connect(source));
}

suite('when a policy changes, its counts', () => {
  test('are those of another policy under another name', (context) => {
    const { store, one, other } = two(context);
    open(one, 6);
    store.run(200);
    assert.equal(other.remote(source), 6);
    one.change({ name: 'shop' });
    store.run(200);
    assert.equal(other.remote(source), 0);
    other.change({ name: 'shop' });
    store.run(200);
    assert.equal(other.remote(source), 6);
    open(other, 4);
    assert.equal(other.connect(source), false);
  });

  test('are told from another number on under another threshold, and held to it', (context) => {
    const { store, one, other } = two(context, 100);
    open(one, 5);
    store.run(200);
    assert.equal(other.remote(source), 0);
    for (const node of [one, other]) node.change(limited(10));
    store.run(200);
    assert.equal(other.remote(source), 5);
    open(other, 5);
    assert.equal(other.connect(source), false);
    for (const node of [one, other]) node.change(limited(0));
    store.run(200);
    assert.equal(other.remote(source), 0);
    open(other, 10);
    for (const node of [one, other]) node.change(limited(20));
    store.run(200);
    assert.deepEqual([one.remote(source), other.remote(source)], [15, 5]);
    assert.equal(one.connect(source), false);
  });

  test('are not those of another prefix, which is told', (context) => {
    const { store, one, other } = two(context);
    open(one, 6);
    store.run(200);
    one.change(limited(10, 24));
    store.run(200);
    assert.equal(other.remote(source), 0);
    assert.deepEqual([...new Set(other.differing)], ['web']);
    open(other, 8);
    other.change(limited(10, 24));
    store.run(200);
    assert.deepEqual([one.remote(source), other.remote(source)], [8, 6]);
    for (const node of store.nodes) assert.equal(node.connect('203.0.113.9'), false);
  });
});
