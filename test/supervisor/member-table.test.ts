import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LOCK, LOST, OPEN, openOf, RowViews } from '../../src/enforcer/pool/rows.ts';
import { MemberTable } from '../../src/supervisor/members/member-table.ts';
import { PoolOutages } from '../../src/supervisor/members/pool-outages.ts';
import { membersOf, Pools } from '../enforcer/pools.ts';
import fc from '../property.ts';

function rowsOf(table: MemberTable): RowViews {
  return new RowViews(table.memberRows(new Map()));
}

test('rows are kept over snapshots and shared by nobody, and are clean when they are given again', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 8 });
  const step = fc.record({ members: ids, take: fc.array(fc.nat(7)), leave: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const table = new MemberTable(2);
      const open = new Map<number, number>();
      for (const { members, take, leave } of steps) {
        table.assign(new Set(members), new Set([100]));
        const memberRows = table.memberRows(new Map());
        const numbers = [...memberRows.members.values(), ...memberRows.policies.values()];
        assert.equal(new Set(numbers).size, numbers.length);
        const rows = new RowViews(memberRows);
        if (leave) {
          for (const [id, count] of open) {
            const { words, at } = rows.member(id);
            Atomics.sub(words, at + OPEN, count);
          }
          open.clear();
        }
        for (const id of members) assert.equal(openOf(rows.member(id), 2), open.get(id) ?? 0);
        for (const index of take) {
          const id = members[index];
          if (id === undefined) continue;
          const { words, at } = rows.member(id);
          Atomics.add(words, at + OPEN, 1);
          open.set(id, (open.get(id) ?? 0) + 1);
        }
        for (const [id, count] of open) assert.equal(openOf(rows.member(id), 2), count);
      }
    }),
  );
});

test('a row outlives its member by one snapshot: a worker may still run the one before', () => {
  const table = new MemberTable(1);
  table.assign(new Set([1]), new Set());
  const first = table.memberRows(new Map()).members.get(1);
  table.assign(new Set([2]), new Set());
  assert.notEqual(table.memberRows(new Map()).members.get(2), first);
  table.assign(new Set([2, 3]), new Set());
  assert.equal(table.memberRows(new Map()).members.get(3), first);
});

test('a worker that ends takes nothing from what a policy has lost', () => {
  const table = new MemberTable(2);
  table.assign(new Set([1]), new Set([5]));
  const rows = table.rows();
  const losses = new PoolOutages();
  const { words, at } = rows.policy(5);
  // As many as the number of the worker: not to be taken for its lock.
  Atomics.add(words, at + LOST, 2);
  assert.equal(losses.poll([5], rows)[0]?.type, 'no-member');
  assert.equal(losses.poll([5], rows)[0]?.type, 'member-available');
  table.workerEnded(2);
  assert.deepEqual(losses.poll([5], rows), []);
});

test('there is room for thousands, and the memory of the first stays where it is', () => {
  const table = new MemberTable(4);
  table.assign(new Set([1]), new Set());
  const { words, at } = rowsOf(table).member(1);
  words[at + OPEN + 3] = 7;
  table.assign(new Set(Array.from({ length: 5000 }, (_, index) => index + 1)), new Set([9999]));
  const rows = rowsOf(table);
  assert.equal(openOf(rows.member(1), 4), 7);
  assert.equal(openOf(rows.member(5000), 4), 0);
  assert.throws(() => rows.member(5001), RangeError);
});

test('a worker that ends loses its counts and its locks, nobody else', () => {
  const table = new MemberTable(3);
  table.assign(new Set([1, 2]), new Set());
  const rows = rowsOf(table);
  for (const id of [1, 2]) {
    const { words, at } = rows.member(id);
    for (let worker = 0; worker < 3; worker++) words[at + OPEN + worker] = 10 + worker;
    words[at + LOCK] = id;
  }
  table.workerEnded(2);
  assert.deepEqual(
    [1, 2].map((id) => openOf(rows.member(id), 3)),
    [22, 22],
  );
  assert.deepEqual(
    [1, 2].map((id) => rows.member(id).words[rows.member(id).at + LOCK]),
    [1, 0],
  );
});

test('a policy without a member is told once when it begins and once when it ends, with its reason and clients', () => {
  const pools = new Pools(2, { members: membersOf({}, { connectionLimit: 1 }) });
  const losses = new PoolOutages();
  const look = (): readonly unknown[] => losses.poll([1], pools.rows);
  assert.deepEqual(look(), []);
  pools.mark(1, true);
  assert.equal(pools.chooseNumber(), 2);
  assert.deepEqual(look(), []);
  for (let client = 0; client < 3; client++) assert.equal(pools.choose(1, client % 2), null);
  assert.deepEqual(look(), [
    { type: 'no-member', policy: 1, reason: 'each is down or is at its connection limit' },
  ]);
  assert.deepEqual(look(), [], 'nobody has come since');
  pools.pools[1]?.connected();
  pools.choose();
  assert.deepEqual(look(), [], 'some are served, some are not');
  pools.pools[0]?.connected();
  assert.deepEqual(look(), [{ type: 'member-available', policy: 1, clients: 4 }]);
  pools.choose();
  assert.equal(look().length, 1);
  assert.deepEqual(losses.poll([], pools.rows), []);
});
