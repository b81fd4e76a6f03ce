import assert from 'node:assert/strict';
import { suite, type TestContext, test } from 'node:test';
import type { RefusedSource } from '../../src/enforcer/worker/messages.ts';
import { Refusals } from '../../src/enforcer/worker/refusals.ts';
import { formerOf } from '../../src/policy/former.ts';
import type { PolicySnapshot, Snapshot } from '../../src/policy/snapshot.ts';
import { RefusalGuard } from '../../src/supervisor/keepers/refusal-guard.ts';
import { limitOf } from '../../src/verdict/judge/limit.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { restoreBlock } from '../../src/verdict/upkeep/blocks.ts';
import { policyOf, ruleOf, snapshotOf } from '../policy/snapshots.ts';

const now = 1_000_000;

type Refusing = {
  readonly refusals: Refusals;
  readonly reported: RefusedSource[];
};

/** A worker that is guarded by what these policies were. */
function refusing(former: Snapshot): Refusing {
  const reported: RefusedSource[] = [];
  const engine = { now: () => now, after: () => ({ stop: () => undefined }) };
  const refusals = new Refusals(engine, (sources) => reported.push(...sources));
  refusals.change(formerOf(former, 2));
  return { refusals, reported };
}

function limited(threshold: number, policy: Partial<PolicySnapshot> = {}): PolicySnapshot {
  return policyOf({ rule: ruleOf({ threshold }), ...policy });
}

const strict = limitOf(limited(3));
const broken = { reason: 'connections', elsewhere: 0, silent: 0 } as const;

suite('whom a guarded revision refuses', () => {
  for (const [what, former, open, room] of [
    ['within the former threshold', limited(10), 3, 7],
    ['at the former threshold', limited(3), 3, 0],
    ['where there was no limit', limited(0), 3, Number.POSITIVE_INFINITY],
    ['where nobody was refused', limited(2, { monitorMode: true }), 3, Number.POSITIVE_INFINITY],
    [
      'where it was only reported',
      policyOf({ rule: ruleOf({ threshold: 2, action: 'alert' }) }),
      3,
      Number.POSITIVE_INFINITY,
    ],
    [
      'where sources were smaller: it may hold nothing',
      policyOf({ rule: ruleOf({ threshold: 10, prefixV4: 24 }) }),
      3,
      10,
    ],
  ] as const) {
    test(`is judged by the one before it: ${what}`, () => {
      const { refusals, reported } = refusing(snapshotOf(former));
      refusals.refused(strict, '192.0.2.7', { ...broken, open });
      assert.deepEqual(
        reported.map((each) => each.room),
        [room],
      );
    });
  }

  test('is judged with what other nodes hold, and not where they do not know of it yet', () => {
    const { refusals, reported } = refusing(snapshotOf(limited(10)));
    refusals.refused(strict, '192.0.2.7', { ...broken, reason: 'crowded', open: 2, elsewhere: 4 });
    refusals.refused(strict, '192.0.2.8', { ...broken, reason: 'unconfirmed', open: 2 });
    refusals.flush();
    assert.deepEqual(
      reported.map(({ source, room }) => [source, room]),
      [['192.0.2.7', 4]],
    );
  });

  test('is told of up to a number, and then again in the next report', () => {
    const { refusals, reported } = refusing(snapshotOf(limited(10)));
    const flood = (): void => {
      for (let last = 0; last < 6000; last += 1)
        refusals.refused(strict, `10.0.${last >> 8}.${last & 255}`, { ...broken, open: 3 });
      refusals.flush();
    };
    flood();
    const told = reported.length;
    assert.ok(told > 0 && told < 6000);
    flood();
    assert.ok(reported.length > told);
  });

  test('is nobody of a policy that is new, or was disabled', () => {
    const { refusals, reported } = refusing(
      snapshotOf(limited(10, { id: 2 }), limited(10, { id: 1, enabled: false })),
    );
    refusals.refused(strict, '192.0.2.7', { ...broken, open: 3 });
    assert.deepEqual(reported, []);
  });

  test('is who finds the table full that let everybody in before', () => {
    const full = limited(10);
    for (const tableFull of ['open', 'closed'] as const) {
      const { refusals, reported } = refusing({ ...snapshotOf(full), tableFull });
      refusals.unplaced(strict, '192.0.2.7');
      assert.equal(reported.length, tableFull === 'open' ? 1 : 0);
    }
  });

  test('is a peer that had to announce nobody before', () => {
    const { refusals, reported } = refusing(snapshotOf(limited(10)));
    refusals.unannounced(strict, '::ffff:192.0.2.7');
    assert.deepEqual(
      reported.map(({ source, room }) => [source, room]),
      [['192.0.2.7', 10]],
    );
  });
});

type Guarding = { readonly guard: RefusalGuard; readonly shutOut: string[] };

async function guarding(context: TestContext, table: SharedArrayBuffer): Promise<Guarding> {
  const shutOut: string[] = [];
  const guard = new RefusalGuard(
    table,
    (policy, source) => shutOut.push(`${policy} ${source}`),
    () => now,
  );
  context.after(() => guard.stop());
  const former = snapshotOf(policyOf({ rule: ruleOf({ threshold: 9, action: 'block-period' }) }));
  await guard.change({ ...former, former: formerOf(former, 2) });
  return { guard, shutOut };
}

const refused = { policy: 1, source: '192.0.2.7', attempts: 1, room: 5, isKnown: true };

suite('a guard', () => {
  test('knows at once who held more than is allowed now, and counts them once', async (context) => {
    const { guard, shutOut } = await guarding(context, createSourcesTable(1024));
    guard.refused([refused, refused]);
    guard.refused([refused]);
    assert.deepEqual(shutOut, ['1 192.0.2.7']);
  });

  test('counts nobody whom both revisions refuse', async (context) => {
    const { guard, shutOut } = await guarding(context, createSourcesTable(1024));
    guard.refused([{ ...refused, isKnown: false, attempts: 6 }]);
    guard.refused([{ ...refused, source: '192.0.2.8', room: 0 }]);
    guard.refused([refused, { ...refused, source: '192.0.2.8' }]);
    assert.deepEqual(shutOut, []);
  });

  test('counts nobody who was blocked before', async (context) => {
    const table = createSourcesTable(1024);
    restoreBlock(
      table,
      { policy: 1, source: '192.0.2.7', prefix: 32, reason: 'connections', until: now + 9000 },
      now,
    );
    const { guard, shutOut } = await guarding(context, table);
    guard.refused([refused]);
    assert.deepEqual(shutOut, []);
  });
});
