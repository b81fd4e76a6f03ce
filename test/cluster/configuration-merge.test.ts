import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareHeads, type Head, nextStep, pastOf, wayTo } from '../../src/cluster/configuration/head.ts';
import {
  digestOf as digestSteps,
  type Image,
  type SharedRow,
} from '../../src/cluster/configuration/image.ts';
import { type Merged, merge } from '../../src/cluster/configuration/merge.ts';
import type { Shared } from '../../src/cluster/configuration/own-configuration.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';

function row(id: string, fields: SharedRow['fields'] = {}, more: Partial<SharedRow> = {}): SharedRow {
  return { id, table: 'waf rule', parent: null, key: id, fields, ...more };
}

function digestOf(image: Image): string {
  return atOnce(digestSteps(image));
}

function merged(base: Image, mine: Image, theirs: Image): Merged {
  return atOnce(merge(base, mine, theirs));
}

test('changes of other fields, rows and tables are merged, and the same change is one', () => {
  const base = [row('a', { x: 1, y: 1 }), row('b')];
  const mine = [row('a', { x: 2, y: 1 }), row('b'), row('mine', { to: { row: 'a' } })];
  const theirs = [row('a', { x: 1, y: 2 }, { key: 'c' }), row('theirs')];
  assert.deepEqual(merged(base, mine, theirs), {
    image: [
      row('mine', { to: { row: 'a' } }),
      row('a', { x: 2, y: 2 }, { key: 'c' }),
      row('theirs'),
    ].toSorted((one, other) => order(one) - order(other)),
  });
  assert.deepEqual(merged(base, theirs, theirs), { image: theirs });
});

function order({ id }: SharedRow): number {
  return ['a', 'mine', 'theirs'].indexOf(id);
}

test('a row that both have added is one, with what it holds and who names it', () => {
  const held = { table: 'waf rule part', key: '1' };
  const mine = [
    row('1', { x: 1 }, { key: 'n' }),
    row('2', {}, { ...held, parent: '1' }),
    row('3', { to: { row: '1' } }),
  ];
  const theirs = [row('4', { x: 1 }, { key: 'n' }), row('5', {}, { ...held, parent: '4' })];
  assert.deepEqual(merged([], mine, theirs), {
    image: [...theirs.slice(0, 1), row('3', { to: { row: '4' } }), ...theirs.slice(1)],
  });
});

test('what was changed otherwise on both sides is named', () => {
  const base = [row('a', { x: 1 }), row('b'), row('c')];
  const cases: readonly (readonly [Image, Image, readonly string[]])[] = [
    [[row('a', { x: 2 })], [row('a', { x: 3 })], ['waf rule "a", x']],
    [[row('a', {}, { key: 'm' })], [row('a', {}, { key: 't' })], ['waf rule "m", its name']],
    [[row('b')], [row('a', { x: 2 })], ['waf rule "a"']],
    [[row('a', { x: 1 }), row('d', { to: { row: 'a' } })], [row('b')], ['waf rule "d"']],
    [[row('1', { x: 1 }, { key: 'n' })], [row('2', { x: 2 }, { key: 'n' })], ['waf rule "n", x']],
  ];
  for (const [mine, theirs, conflicts] of cases) {
    const touched = new Set([...mine, ...theirs].map(({ id }) => id));
    const rest = base.filter(({ id }) => !touched.has(id));
    assert.deepEqual(merged(base, [...mine, ...rest], [...theirs, ...rest]), { conflicts });
  }
  const [a, b, c] = [row('a', { x: 1 }), row('b'), row('c')];
  assert.deepEqual(merged(base, [c, a, b], [b, a, c]), { conflicts: ['waf rule "c", the order'] });
  assert.deepEqual(merged(base, [c, a, b], [a, b, c, row('d')]), { image: [c, row('d'), a, b] });
});

/** A node as the product has it: what it stands on and what it has, and the commits that it has told of as being in conflict. */
class ModelNode {
  readonly name: string;
  standing: Shared | null = null;
  image: Image;
  readonly told = new Set<string>();

  constructor(name: string, image: Image) {
    this.name = name;
    this.image = image;
  }

  /** Looks at the store, which another node may have written since: `write` says whether it did. */
  look(there: Shared | null, now: number, write: (shared: Shared) => boolean): void {
    const before = this.standing;
    switch (nextStep(before?.head ?? null, digestOf(this.image), there?.head ?? null)) {
      case 'publish': {
        const head = headOf(this, (before?.head.number ?? 0) + 1, now);
        const shared = { head, past: pastOf(before === null ? [] : [before]), image: this.image };
        if (write(shared)) this.standing = shared;
        break;
      }
      case 'restore':
        if (before !== null) write({ ...before, image: this.image });
        break;
      case 'follow':
      case 'join': {
        if (there !== null) this.#take(there);
        break;
      }
      case 'nothing':
        break;
    }
    if (before !== null && this.standing !== null)
      assert.ok(compareHeads(this.standing.head, before.head) >= 0, 'it never goes back');
  }

  #take(there: Shared): void {
    const { standing } = this;
    const way = wayTo(standing?.head ?? null, digestOf(this.image), this.name, there);
    const result = way === 'merge' ? merged(standing?.image ?? [], this.image, there.image) : undefined;
    // Whoever is told gives in.
    if (way === 'conflict' || (result !== undefined && 'conflicts' in result))
      for (const commit of commitsIn(this.image).difference(commitsIn(there.image))) this.told.add(commit);
    this.image = result !== undefined && 'image' in result ? result.image : there.image;
    this.standing = there;
  }
}

/** Each leaves a field that nobody else changes. */
function commitsIn(image: Image): ReadonlySet<string> {
  return new Set(image.flatMap(({ fields }) => Object.keys(fields).filter((name) => name !== 'x')));
}

function headOf({ name, image }: ModelNode, number: number, time: number): Head {
  return {
    line: 'l',
    number,
    time,
    node: name,
    author: 'a',
    origin: '',
    comment: '',
    digest: digestOf(image),
  };
}

type Act =
  | { readonly kind: 'commit'; readonly node: number; readonly row: number; readonly value: number }
  | { readonly kind: 'look'; readonly node: number; readonly isLate: boolean }
  | { readonly kind: 'replay'; readonly which: number }
  | { readonly kind: 'forget' };

const acts: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      node: fc.nat(2),
      row: fc.nat(3),
      value: fc.nat(9),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('look' as const), node: fc.nat(2), isLate: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('replay' as const), which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('forget' as const) }) },
);

test('whatever is written again, lost or late, nodes come to have the same, and no commit is lost unnamed', () => {
  fc.assert(
    fc.property(fc.array(acts, { maxLength: 40 }), (schedule) => {
      const base = [0, 1, 2, 3].map((each) => row(String(each), { x: 0 }));
      const nodes = ['n1', 'n2', 'n3'].map((name) => new ModelNode(name, base));
      const written: Shared[] = [];
      let there: Shared | null = null;
      let now = 0;
      const look = (node: ModelNode, isLate: boolean): void => {
        now += 1;
        // Somebody else was faster: what was read is not there any more.
        node.look(there, now, (shared) => {
          if (isLate) return false;
          there = shared;
          written.push(shared);
          return true;
        });
      };
      for (const node of nodes) look(node, false);
      let commits = 0;
      for (const act of schedule) {
        if (act.kind === 'forget') there = null;
        if (act.kind === 'replay') there = written[act.which % written.length] ?? null;
        const node = 'node' in act ? nodes[act.node] : undefined;
        if (node === undefined) continue;
        if (act.kind === 'look') look(node, act.isLate);
        if (act.kind === 'commit') {
          commits += 1;
          node.image = node.image.map((each) =>
            each.id === String(act.row)
              ? row(each.id, { ...each.fields, [`c${commits}`]: act.value, x: commits })
              : each,
          );
        }
      }
      for (let round = 0; round < 8; round += 1) for (const node of nodes) look(node, false);
      const [first, ...others] = nodes.map(({ image }) => digestOf(image));
      for (const other of others) assert.equal(other, first);
      const kept = commitsIn(nodes[0]?.image ?? []);
      const told = new Set(nodes.flatMap((node) => [...node.told]));
      const lost = Array.from({ length: commits }, (_, index) => `c${index + 1}`).filter(
        (each) => !kept.has(each),
      );
      assert.deepEqual(
        lost.filter((commit) => !told.has(commit)),
        [],
        'lost, and nobody was told',
      );
    }),
    { numRuns: rounds(100, 2000) },
  );
});
