import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { loadCatalogue } from '../../schemas/catalogue.ts';
import { failureOf } from '../../src/enforcer/pool/causes.ts';
import { PoolOutages } from '../../src/supervisor/members/pool-outages.ts';
import fc from '../property.ts';
import { membersOf, Pools } from './pools.ts';

const pool = (await loadCatalogue()).tableOf('server-policy server-pool');
const balances = Object.keys(pool.fields.get('lb-algo')?.meta.choices ?? {});

function count(numbers: readonly number[], wanted: number): number {
  return numbers.filter((number) => number === wanted).length;
}
function times<Item>(length: number, make: () => Item): Item[] {
  return Array.from({ length }, make);
}
const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 6 });

suite('round-robin', () => {
  test('takes each in turn, and passes over those that are down without favour to their neighbour', () => {
    const pools = new Pools(1, { members: membersOf({}, {}, {}, {}) });
    assert.deepEqual(
      times(5, () => pools.pass()),
      [1, 2, 3, 4, 1],
    );
    pools.mark(3, true);
    const numbers = times(30, () => pools.pass());
    assert.deepEqual(
      [1, 2, 3, 4].map((number) => count(numbers, number)),
      [10, 10, 0, 10],
    );
  });

  test('begins with another member in each worker', () => {
    const pools = new Pools(3, { members: membersOf({}, {}, {}) });
    assert.deepEqual(
      [0, 1, 2].map((worker) => pools.pass(1, worker)),
      [1, 2, 3],
    );
  });
});

suite('weighted-round-robin', () => {
  test('gives each exactly its weight in every round', () => {
    fc.assert(
      fc.property(weights, (given) => {
        const members = membersOf(...given.map((weight) => ({ weight })));
        const pools = new Pools(1, { balance: 'weighted-round-robin', members });
        const total = given.reduce((sum, weight) => sum + weight, 0);
        for (let round = 0; round < 2; round++) {
          const numbers = times(total, () => pools.pass());
          assert.deepEqual(
            given.map((_, index) => count(numbers, index + 1)),
            given,
          );
        }
      }),
    );
  });

  test('is smooth: the heavy one is not taken in a row', () => {
    const pools = new Pools(1, {
      balance: 'weighted-round-robin',
      members: membersOf({ weight: 5 }, {}, {}),
    });
    assert.deepEqual(
      times(7, () => pools.pass()),
      [1, 1, 2, 1, 3, 1, 1],
    );
  });
});

test('least-connections takes one that has the fewest for its weight, over all workers', () => {
  const step = fc.record({ worker: fc.nat(1), leave: fc.option(fc.nat(), { freq: 2 }) });
  fc.assert(
    fc.property(weights, fc.array(step, { maxLength: 60 }), (given, steps) => {
      const members = membersOf(...given.map((weight) => ({ weight })));
      const pools = new Pools(2, { balance: 'least-connections', members });
      const open = given.map(() => 0);
      const load = (index: number): number => (open[index] ?? 0) / (given[index] ?? 1);
      const held: { release(): void; index: number }[] = [];
      for (const { worker, leave } of steps) {
        const [gone] = leave === null ? [] : held.splice(leave % (held.length || 1), 1);
        if (gone !== undefined) {
          gone.release();
          open[gone.index] = (open[gone.index] ?? 0) - 1;
        }
        const member = pools.choose(1, worker);
        assert.ok(member);
        const index = member.snapshot.number - 1;
        assert.equal(load(index), Math.min(...given.map((_, other) => load(other))));
        open[index] = (open[index] ?? 0) + 1;
        assert.equal(member.open, open[index]);
        held.push({ release: () => member.release(), index });
      }
    }),
  );
});

test('least-connections takes equals in turn', () => {
  const pools = new Pools(1, { balance: 'least-connections', members: membersOf({}, {}, {}) });
  assert.deepEqual(
    times(4, () => pools.pass()),
    [1, 2, 3, 1],
  );
});

suite('src-ip-hash', () => {
  const sources = fc.array(fc.integer({ min: 0, max: 2 ** 32 - 1 }), { minLength: 1, maxLength: 200 });

  test('gives a source the same member in every worker, at every start, in any order of the pool', () => {
    fc.assert(
      fc.property(weights, sources, (given, addresses) => {
        const members = membersOf(...given.map((weight) => ({ weight })));
        const first = new Pools(2, { balance: 'src-ip-hash', members });
        const other = new Pools(3, { balance: 'src-ip-hash', members: members.toReversed() });
        for (const address of addresses) {
          const number = first.pass(address, 0);
          assert.equal(first.pass(address, 1), number);
          assert.equal(other.pass(address, 2), number);
        }
      }),
    );
  });

  test('moves only the sources of a member that goes, in whatever way it goes', () => {
    const ways = fc.constantFrom<'down' | 'maintain' | 'deleted'>('down', 'maintain', 'deleted');
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 8 }),
        fc.nat(),
        ways,
        sources,
        (length, which, way, addresses) => {
          const gone = (which % length) + 1;
          const members = membersOf(...times(length, () => ({})));
          const pools = new Pools(1, { balance: 'src-ip-hash', members });
          const before = addresses.map((address) => pools.pass(address));
          if (way === 'down') pools.mark(gone, true);
          else if (way === 'deleted')
            pools.change({ members: members.filter(({ number }) => number !== gone) });
          else {
            pools.change({
              members: members.map((member) =>
                member.number === gone ? { ...member, status: 'maintain' } : member,
              ),
            });
          }
          addresses.forEach((address, index) => {
            const now = pools.pass(address);
            if (before[index] === gone) assert.notEqual(now, gone);
            else assert.equal(now, before[index]);
          });
        },
      ),
    );
  });

  test('spreads neighbouring addresses by weight', () => {
    const members = membersOf({ weight: 1 }, { weight: 3 });
    const pools = new Pools(1, { balance: 'src-ip-hash', members });
    const numbers = Array.from({ length: 4000 }, (_, address) => pools.pass(0x0a00_0000 + address));
    const share = count(numbers, 1) / numbers.length;
    assert.ok(
      share > 0.2 && share < 0.3,
      `${share} of the sources have the member with a quarter of the weight`,
    );
  });
});

for (const balance of balances) {
  suite(`with ${balance}`, () => {
    test('every member is tried once, then there is none', () => {
      const pools = new Pools(1, { balance, members: membersOf({}, {}, { backup: true }) });
      const ends = ['failed', 'reset', 'dropped'] as const;
      const tried = new Map<number, number>();
      for (let attempt = 0; attempt < 3; attempt++) {
        const member = pools.choose(7, 0, tried);
        assert.ok(member && !tried.has(member.id));
        assert.equal(member.snapshot.backup, attempt === 2, 'the backup is the last');
        member.release();
        tried.set(member.id, failureOf(ends[attempt] ?? 'failed'));
      }
      assert.equal(pools.choose(7, 0, tried), null);
      const [event] = new PoolOutages().poll([pools.policy.id], pools.rows);
      assert.ok(event?.type === 'no-member');
      assert.equal(
        event.reason,
        "each can't be connected to or resets what it has accepted or does not answer in time",
      );
    });

    test('a limit is never passed, and no client is lost while a member has room', () => {
      const limits = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 });
      const step = fc.record({ worker: fc.nat(2), source: fc.nat(), leave: fc.option(fc.nat()) });
      fc.assert(
        fc.property(limits, fc.array(step, { maxLength: 80 }), (given, steps) => {
          const members = membersOf(...given.map((connectionLimit) => ({ connectionLimit })));
          const pools = new Pools(3, { balance, members });
          const held: NonNullable<ReturnType<Pools['choose']>>[] = [];
          const total = given.reduce((sum, limit) => sum + limit, 0);
          for (const { worker, source, leave } of steps) {
            if (leave !== null) held.splice(leave % (held.length || 1), 1)[0]?.release();
            const member = pools.choose(source, worker);
            assert.equal(member === null, held.length === total);
            if (member !== null) held.push(member);
            for (const { open, snapshot } of held) assert.ok(open <= snapshot.connectionLimit);
          }
        }),
      );
    });

    test('a backup takes connections only while no other can', () => {
      const pools = new Pools(1, {
        balance,
        members: membersOf({ connectionLimit: 1 }, {}, { backup: true }),
      });
      const numbers = times(20, () => pools.choose()).map((member) => member?.snapshot.number);
      assert.ok(!numbers.includes(3));
      pools.mark(2, true);
      assert.deepEqual(
        times(3, () => pools.chooseNumber()),
        numbers.includes(1) ? [3, 3, 3] : [1, 3, 3],
      );
      pools.mark(2, false);
      assert.equal(pools.chooseNumber(), 2);
    });

    test('maintained and disabled members take none, and names without an address neither', () => {
      const members = membersOf(
        { status: 'maintain' },
        { status: 'disable' },
        { domain: 'www.example.com', address: '' },
      );
      const pools = new Pools(1, { balance, members });
      assert.equal(pools.choose(), null);
      pools.change({ members: [...members, ...membersOf({}, {}, {}, {}).slice(3)] });
      assert.deepEqual([pools.chooseNumber(), pools.chooseNumber()], [4, 4]);
    });
  });
}

suite('a member that comes up again', () => {
  const seconds = (pools: Pools, second: number): void => {
    pools.now = 5_000_000 + second * 1000;
  };

  test('waits for recover seconds, then takes warm-rate a second for warm-up seconds, over all workers', () => {
    const members = membersOf({ recover: 3, warmUp: 2, warmRate: 4 });
    const pools = new Pools(2, { members });
    pools.mark(1, false, 5000);
    const taken = Array.from({ length: 6 }, (_, second) => {
      seconds(pools, second);
      return times(10, () => [pools.pass(1, 0), pools.pass(1, 1)])
        .flat()
        .filter((number) => number !== 0).length;
    });
    assert.deepEqual(taken, [0, 0, 0, 4, 4, 20]);
  });

  test('is not asked for more than its rate by a worker whose clock is a second behind', () => {
    const pools = new Pools(1, { members: membersOf({ warmUp: 10, warmRate: 2 }) });
    pools.mark(1, false, 5000);
    seconds(pools, 2);
    assert.deepEqual([pools.pass(), pools.pass(), pools.pass()], [1, 1, 0]);
    seconds(pools, 1);
    assert.equal(pools.pass(), 0);
    seconds(pools, 3);
    assert.equal(pools.pass(), 1);
  });

  test('leaves the rest to the others', () => {
    const pools = new Pools(1, { members: membersOf({ warmUp: 10, warmRate: 1 }, {}) });
    pools.mark(1, false, 5000);
    seconds(pools, 1);
    assert.deepEqual(
      times(5, () => pools.pass()),
      [1, 2, 2, 2, 2],
    );
  });
});
