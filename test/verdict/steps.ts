import { type Action, ALLOWED, BLACK, TRUSTED } from '../../src/policy/snapshot.ts';
import type { IpListLimit, Limit } from '../../src/verdict/judge/limit.ts';
import type { Reason } from '../../src/verdict/table/reasons.ts';
import fc from '../property.ts';
import { bitsOf, words } from './addresses.ts';
import type { ModelMark, ModelMarks } from './reference-model.ts';
import { listOf } from './setting.ts';

export const addresses = [
  '10.0.0.0',
  '10.0.0.1',
  '10.0.1.1',
  '2001:db8::',
  '2001:db8::1',
  '2001:db8:0:1::1',
] as const;
export const gates = 3;

/** Marks of some of the addresses; each list by the words of its map. */
const ipLists: readonly (readonly (readonly [number, number])[])[] = [
  [],
  [[1, BLACK]],
  [
    [0, TRUSTED],
    [4, TRUSTED],
  ],
  [
    [0, ALLOWED],
    [3, ALLOWED],
    [4, BLACK | TRUSTED],
  ],
  [
    [0, ALLOWED],
    [1, TRUSTED],
    [2, BLACK],
    [3, BLACK | ALLOWED],
    [5, TRUSTED | ALLOWED],
  ],
];

const names: readonly (readonly [number, ModelMark])[] = [
  [BLACK, 'black'],
  [TRUSTED, 'trusted'],
  [ALLOWED, 'allowed'],
];

const lists = ipLists.map((entries) => ({
  list: listOf(
    entries.map(([index, marks]) => ({ text: addresses[index] ?? '', marks })),
    { allowOnly: entries.some(([, marks]) => (marks & ALLOWED) !== 0) },
  ),
  marks: new Map(
    entries.map(([index, marks]) => [
      bitsOf(words(addresses[index] ?? '')),
      new Set(names.filter(([bit]) => (marks & bit) !== 0).map(([, name]) => name)),
    ]),
  ),
}));

const unmarked: ReadonlySet<ModelMark> = new Set();

export const modelMarks: ModelMarks = ({ ipList }, address) =>
  lists.find(({ list }) => list.addresses === ipList?.addresses)?.marks.get(address) ?? unmarked;

const listArbitrary: fc.Arbitrary<IpListLimit | null> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  {
    weight: 2,
    arbitrary: fc
      .record({
        which: fc.constantFrom(...lists),
        action: fc.constantFrom<IpListLimit['action']>('alert_deny', 'block-period', 'deny_no_log'),
        blockPeriod: fc.integer({ min: 1, max: 3 }),
      })
      .map(({ which, action, blockPeriod }) => ({ ...which.list, action, blockPeriod })),
  },
);

export const ruleArbitrary: fc.Arbitrary<Omit<Limit, 'policy'>> = fc.record({
  threshold: fc.integer({ min: 0, max: 4 }),
  silentThreshold: fc.integer({ min: 0, max: 2 }),
  action: fc.constantFrom<Action>('alert', 'alert_deny', 'block-period', 'deny_no_log'),
  blockPeriod: fc.integer({ min: 1, max: 3 }),
  ipList: listArbitrary,
  scripted: fc.constant(false),
  monitor: fc.boolean(),
  prefixV4: fc.constantFrom(32, 24, 0),
  prefixV6: fc.constantFrom(128, 64, 0),
  former: fc.constant(null),
});

const gate = fc.integer({ min: 0, max: gates - 1 });
const policy = fc.integer({ min: 1, max: 2 });
const address = fc.integer({ min: 0, max: addresses.length - 1 });
const which = fc.nat();

const kinds = {
  admit: fc.record({ kind: fc.constant('admit' as const), gate, policy, address }),
  hold: fc.record({ kind: fc.constant('hold' as const), gate, policy, address }),
  identify: fc.record({ kind: fc.constant('identify' as const), which, policy, address }),
  release: fc.record({ kind: fc.constant('release' as const), which }),
  silent: fc.record({ kind: fc.constant('silent' as const), which, isSilent: fc.boolean() }),
  advance: fc.record({
    kind: fc.constant('advance' as const),
    by: fc.constantFrom(1, 499, 500, 1000, 1501),
  }),
  sweep: fc.record({ kind: fc.constant('sweep' as const) }),
  change: fc.record({ kind: fc.constant('change' as const), gate, policy, rule: ruleArbitrary }),
  clear: fc.record({ kind: fc.constant('clear' as const), policy }),
  lift: fc.record({ kind: fc.constant('lift' as const), policy, address }),
  restore: fc.record({
    kind: fc.constant('restore' as const),
    policy,
    address,
    prefixes: fc.constantFrom([32, 128], [24, 64], [0, 0]),
    reason: fc.constantFrom<Reason>('connections', 'silent', 'black-ip', 'allow-only', 'by-hand'),
    lasts: fc.constantFrom(-1, 0, 1, 1000, 1e9),
  }),
  /** A worker ends between two operations, or at some step under a lock. */
  death: fc.record({
    kind: fc.constant('death' as const),
    gate,
    cutShort: fc.option(fc.integer({ min: 1 }), { nil: null }),
  }),
};

export const stepArbitrary = fc.oneof(
  { weight: 12, arbitrary: kinds.admit },
  { weight: 2, arbitrary: kinds.hold },
  { weight: 4, arbitrary: kinds.identify },
  { weight: 6, arbitrary: kinds.release },
  { weight: 5, arbitrary: kinds.silent },
  { weight: 3, arbitrary: kinds.advance },
  { weight: 2, arbitrary: kinds.sweep },
  { weight: 1, arbitrary: kinds.change },
  { weight: 1, arbitrary: kinds.clear },
  { weight: 1, arbitrary: kinds.lift },
  { weight: 1, arbitrary: kinds.restore },
  { weight: 2, arbitrary: kinds.death },
);

export type Step = typeof stepArbitrary extends fc.Arbitrary<infer T> ? T : never;
export type StepOf<K extends Step['kind']> = Step & { readonly kind: K };
