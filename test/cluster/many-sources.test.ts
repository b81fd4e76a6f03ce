import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mostAtOnce } from '../../src/cluster/counts/in-turns.ts';
import { ModelStore, type Rule, timing } from './model.ts';
import { TableNode } from './table-node.ts';

const rule: Rule = { limit: 10, allowance: 8, worthFrom: 2, onPartition: 'share' };
const count = 2 * mostAtOnce + 500;
const sources = Array.from({ length: count }, (_, index) => `10.0.${index >> 8}.${index & 255}`);

/** A node at which all sources hold what is worth telling. */
function full(store: ModelStore<TableNode>, name: string, epoch: number): TableNode {
  const node = new TableNode(name, epoch, rule, timing, () => store.now, 2 * count);
  for (const source of sources) for (let opened = 0; opened < rule.worthFrom; opened++) node.connect(source);
  return node;
}

test('very many sources become known little by little, and are known while another life of their node begins', () => {
  const store = new ModelStore<TableNode>();
  const other = store.join(new TableNode('n2', 1, rule, timing, () => store.now, 2 * count));
  const known = (): number => other.counts.remote.size;
  /** Goes on until it knows of so many, and of no more or fewer in one beat than it can take; `least`: never of fewer. */
  const untilKnown = (wanted: number, least = 0): void => {
    for (let beats = 0; known() !== wanted; beats++) {
      assert.ok(beats < 200, `it knows of ${known()}, and not of ${wanted}`);
      store.run(50);
      assert.ok(known() >= least, `it knows of ${known()} only`);
    }
  };
  store.run(2000);
  const first = store.join(full(store, 'n1', 1));
  untilKnown(count);
  assert.equal(other.remote('10.0.0.7'), rule.worthFrom);

  // All at once, as when a worker ends.
  for (const source of sources) first.close(source);
  const frame = first.beat(store.now);
  assert.equal(frame?.changes.length, mostAtOnce);
  store.crash(first);

  // What that one has told last is not known, and the next life holds everything again.
  store.join(full(store, 'n1', 2));
  for (let beats = 0; beats < 40; beats++) {
    store.run(50);
    assert.equal(known(), count);
  }
  assert.equal(other.counts.standing, 'sharing');
  const [, second] = store.nodes;
  assert.ok(second !== undefined);
  assert.equal(second.counts.standing, 'sharing');
  store.crash(second);
  untilKnown(0);
});
