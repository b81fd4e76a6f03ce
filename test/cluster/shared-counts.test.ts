import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tableUsage } from '../../src/verdict/upkeep/sources.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { cluster, type ModelMember, ModelNode, type ModelStore, type Rule, timing } from './model.ts';
import { clusterOfTables } from './table-node.ts';

const rule: Rule = { limit: 10, allowance: 8, worthFrom: 1, onPartition: 'share' };
const source = '203.0.113.7';
const sources = [source, '203.0.113.8'];

function nodeOf<Node extends ModelMember>(store: ModelStore<Node>, place: number): Node {
  const node = store.nodes[place];
  assert.ok(node !== undefined);
  return node;
}

/** All nodes get connections of the source for a while; what it holds never exceeds this. */
function flood(store: ModelStore, milliseconds: number, most: number): void {
  for (const end = store.now + milliseconds; store.now < end; ) {
    for (const node of store.nodes) for (let count = 0; count < 3; count++) node.connect(source);
    assert.ok(store.total(source) <= most, `${store.total(source)} > ${most}`);
    store.run(50);
  }
}

function closeAll(node: ModelMember, one = source): void {
  while (node.open(one) > 0) node.close(one);
}

type Step = {
  readonly act: 'open' | 'close' | 'beat' | 'hear' | 'lose' | 'repeat' | 'fetch' | 'succeed';
  readonly at: number;
  readonly which: number;
};

const step: fc.Arbitrary<Step> = fc.record({
  act: fc.constantFrom(
    'open',
    'open',
    'close',
    'beat',
    'beat',
    'hear',
    'hear',
    'hear',
    'lose',
    'repeat',
    'fetch',
    'succeed',
  ),
  at: fc.nat({ max: 19 }),
  which: fc.nat({ max: 6 }),
});

/**
 * Whatever nodes do, hear, miss and hear late, a source stays within the bound.
 *
 * @param end what holds once nobody holds anything
 * @param heirOf another process that is a node from now on; null: there is none
 */
function keepsTheBound<Node extends ModelMember>(
  make: (nodes: number, rule: Rule) => ModelStore<Node>,
  runs: number,
  end: (node: Node) => void = () => {},
  heirOf: (node: Node) => Node | null = () => null,
): void {
  const sizes = fc.record({
    nodes: fc.integer({ min: 2, max: 5 }),
    limit: fc.integer({ min: 1, max: 30 }),
    allowance: fc.integer({ min: 1, max: 12 }),
    worth: fc.integer({ min: 1, max: 12 }),
  });
  fc.assert(
    fc.property(sizes, fc.array(step, { maxLength: 300 }), ({ nodes, limit, allowance, worth }, steps) => {
      const worthFrom = Math.min(worth, allowance);
      const store = make(nodes, { ...rule, limit, allowance, worthFrom });
      assert.ok(store.nodes.every(({ counts }) => counts.standing === 'sharing'));
      const most = limit + (nodes - 1) * allowance;
      for (const { act, at, which } of steps) {
        const node = nodeOf(store, at % nodes);
        const one = sources[at % 2] ?? source;
        store.now += 10;
        const place = node.inbox.length === 0 ? 0 : which % node.inbox.length;
        if (act === 'open') for (let count = 0; count <= which * 2; count++) node.connect(one);
        else if (act === 'close') for (let count = 0; count <= which * 2; count++) node.close(one);
        else if (act === 'beat') store.beat(node);
        else if (act === 'hear') store.deliver(node, place);
        else if (act === 'repeat') store.repeat(node, which * at);
        else if (act === 'lose') node.inbox.splice(place, 1);
        else if (act === 'succeed') store.replace(node, heirOf(node) ?? node);
        else store.fetch(node);
        for (const each of sources) assert.ok(store.total(each) <= most, `${store.total(each)} > ${most}`);
      }
      // Once all is heard, everybody knows what the others hold, and nobody is refused below the limit.
      store.run(1500);
      for (const node of store.nodes) {
        for (const each of sources) {
          const others = store.nodes.filter((other) => other !== node);
          assert.equal(
            node.remote(each),
            others.reduce((sum, other) => sum + other.own(each), 0),
          );
          if (store.total(each) < limit && node.own(each) === node.open(each)) assert.ok(node.admits(each));
        }
      }
      for (const node of store.nodes) for (const each of sources) closeAll(node, each);
      store.run(500);
      for (const node of store.nodes) end(node);
    }),
    { numRuns: runs },
  );
}

test('a source never holds more than the limit and the allowance of each other node', () => {
  const never = { ...timing, lease: Number.POSITIVE_INFINITY, patience: Number.POSITIVE_INFINITY };
  keepsTheBound(
    (nodes, its) => cluster(nodes, its, never),
    rounds(60, 1200),
    () => {},
    (node) => node.heir(),
  );
});

test('nor does it in sources tables, where nothing of it is left in the end', () => {
  const never = { ...timing, lease: 1e9, patience: 1e9 };
  keepsTheBound(
    (nodes, its) => clusterOfTables(nodes, its, never),
    rounds(30, 600),
    ({ table }) => assert.equal(tableUsage(table).used, 0),
  );
});

test('a flood over three nodes stays within the bound, and a burst of six at each is admitted', () => {
  const store = cluster(3, rule);
  for (const [place, node] of store.nodes.entries()) {
    const friend = `198.51.100.${place}`;
    for (let count = 0; count < 6; count++) assert.ok(node.connect(friend));
  }
  flood(store, 2000, rule.limit + 2 * rule.allowance);
  assert.ok(store.nodes.every((node) => !node.admits(source)));
});

test('what a node held that has crashed counts until its lease ends; then the limit is there again', () => {
  const store = cluster(3, rule);
  const [crashing, one] = [nodeOf(store, 0), nodeOf(store, 1)];
  for (let count = 0; count < 4; count++) {
    for (let more = 0; more < 3; more++) crashing.connect(source);
    store.run(100);
  }
  assert.equal(crashing.open(source), 10);
  store.crash(crashing);
  store.run(timing.lease - 200);
  assert.equal(one.admits(source), false);
  store.run(400);
  flood(store, 1000, rule.limit + rule.allowance);
  assert.ok(store.total(source) >= rule.limit);
  assert.equal(one.counts.nodes, 2);
});

test('a node that comes back before its lease ends holds nothing of its former life', () => {
  const store = cluster(3, rule);
  const [crashing, one] = [nodeOf(store, 0), nodeOf(store, 1)];
  for (let count = 0; count < 8; count++) crashing.connect(source);
  store.run(100);
  assert.equal(one.remote(source), 8);
  store.crash(crashing);
  store.join(new ModelNode(crashing.name, 2, rule));
  store.run(100);
  assert.equal(one.remote(source), 0);
  store.run(1500);
  assert.ok(store.nodes.every(({ counts }) => counts.standing === 'sharing' && counts.nodes === 3));
});

test('the bound holds through a partition that is shorter than a lease', () => {
  const store = cluster(3, rule);
  const cut = nodeOf(store, 0);
  flood(store, 100, 26);
  cut.isReached = false;
  flood(store, 1500, 26);
  cut.isReached = true;
  flood(store, 1500, 26);
  assert.ok(store.nodes.every(({ counts }) => counts.standing === 'sharing'));
});

const longPartitions = { share: 3, local: 10, closed: 0 } as const;

for (const [onPartition, alone] of Object.entries(longPartitions)) {
  test(`cut off for longer, a node admits ${alone} of 10 under ${onPartition}, and joins again`, () => {
    const [setting] = (['share', 'local', 'closed'] as const).filter((each) => each === onPartition);
    const store = cluster(3, { ...rule, onPartition: setting ?? 'share' });
    const cut = nodeOf(store, 0);
    cut.isReached = false;
    store.run(timing.patience - 100);
    assert.equal(cut.counts.standing, 'sharing');
    store.run(200);
    // Before the others stop to mind it.
    assert.equal(cut.counts.standing, 'cut-off');
    assert.ok(store.nodes.every(({ counts }) => counts.nodes === 3));
    store.run(2000);
    while (cut.connect(source));
    assert.equal(cut.open(source), alone);
    const [, one] = store.nodes;
    assert.equal(one?.counts.standing, 'sharing');
    assert.equal(one?.counts.nodes, 2);
    cut.isReached = true;
    store.run(3000);
    assert.ok(store.nodes.every(({ counts }) => counts.standing === 'sharing' && counts.nodes === 3));
    assert.equal(one?.remote(source), alone);
  });
}

test('without a store each has its share; when it is back all share again', () => {
  const store = cluster(3, rule);
  for (const node of store.nodes) node.isReached = false;
  store.run(6000);
  assert.ok(store.nodes.every(({ counts }) => counts.standing === 'cut-off'));
  for (const node of store.nodes) while (node.connect(source));
  assert.equal(store.total(source), 9);
  store.forget();
  for (const node of store.nodes) node.isReached = true;
  store.run(2000);
  assert.ok(store.nodes.every(({ counts }) => counts.standing === 'sharing'));
  assert.deepEqual(
    store.nodes.map((node) => node.remote(source)),
    [6, 6, 6],
  );
});

test('whoever comes gets the rows of all, and has no more than its allowance before they mind it', () => {
  const store = cluster(2, rule);
  flood(store, 200, 18);
  store.forget();
  const newcomer = store.join(new ModelNode('n3', 1, rule));
  while (newcomer.connect('198.51.100.1'));
  assert.equal(newcomer.open('198.51.100.1'), rule.allowance);
  store.run(200);
  assert.equal(newcomer.admits(source), false);
  store.run(1500);
  assert.equal(newcomer.counts.standing, 'sharing');
  closeAll(nodeOf(store, 0));
  closeAll(nodeOf(store, 1));
  store.run(200);
  assert.ok(newcomer.connect(source));
});

test('whoever knows who is there shares as soon as these know it', () => {
  const store = cluster(2, rule);
  const third = store.join(new ModelNode('n3', 1, rule));
  third.counts.expect(['n1', 'n2', 'n4']);
  store.run(200);
  assert.equal(third.counts.standing, 'joining');
  third.counts.expect(['n1', 'n2']);
  store.run(50);
  assert.equal(third.counts.standing, 'sharing');
  assert.equal(third.counts.nodes, 3);
});

test('whoever comes waits for one who is there and stands still, until that is cut off', () => {
  const strict = { ...rule, allowance: 2 };
  const store = cluster(2, strict);
  const [still] = store.nodes;
  while (still?.connect(source)) store.run(50);
  assert.equal(still?.open(source), strict.limit);
  still.isReached = false;
  store.run(200);
  const third = store.join(new ModelNode('n3', 1, strict));
  third.counts.expect(['n1', 'n2']);
  store.run(1100);
  flood(store, 500, strict.limit + 2 * strict.allowance);
  assert.equal(still.counts.standing, 'sharing');
  store.run(2000);
  assert.deepEqual([still.counts.standing, third.counts.standing], ['cut-off', 'sharing']);
});

test('a source with few connections at each node is not spoken of', () => {
  const store = cluster(3, { ...rule, worthFrom: 4 });
  for (const node of store.nodes) for (let count = 0; count < 3; count++) node.connect(source);
  for (const node of store.nodes) assert.deepEqual(node.counts.beat(store.now).changes, []);
});

test('whoever has heard what was never said is not believed', () => {
  const store = cluster(2, rule);
  const [first, second] = [nodeOf(store, 0), nodeOf(store, 1)];
  for (let count = 0; count < 8; count++) first.connect(source);
  first.beat(store.now);
  const frame = second.beat(store.now);
  for (const wrong of [{ seq: 99 }, { stamp: 1e6 }]) {
    const acknowledgements = frame.acknowledgements.map((one) => ({ ...one, ...wrong }));
    const heard = { ...frame, stamp: frame.stamp + 1, acknowledgements };
    assert.equal(first.counts.hear(heard, store.now), false);
    assert.equal(first.admits(source), false, 'nobody knows of what it holds');
  }
  assert.equal(first.counts.hear(frame, store.now), true);
});
