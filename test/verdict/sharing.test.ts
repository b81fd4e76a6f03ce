import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { MAPPED_BITS } from '../../src/net/address.ts';
import type { Action } from '../../src/policy/snapshot.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import {
  ADMIT,
  ADMIT_REPORT,
  isAdmitted,
  REFUSE_REPORT,
  REFUSE_TABLE_FULL,
  REFUSE_UNREPORTED,
  type Verdict,
} from '../../src/verdict/judge/verdict.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import type { Reason } from '../../src/verdict/table/reasons.ts';
import {
  ALL_SHARE,
  CLOSED,
  CUT_OFF,
  JOINING,
  LOCAL,
  PART,
  packSharing,
} from '../../src/verdict/table/sharing.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { recoverWorker } from '../../src/verdict/upkeep/recovery.ts';
import { SharedSlots } from '../../src/verdict/upkeep/sharing.ts';
import { tableUsage } from '../../src/verdict/upkeep/sources.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { words } from './addresses.ts';
import { client, limitWith, openOf, setUp } from './setting.ts';

const limit = limitWith('alert_deny');
const identity = { policy: limit.policy, prefix: MAPPED_BITS + 32, address: client };
const later = 1000;

const addresses = [words('203.0.113.7'), words('203.0.113.8'), words('2001:db8::1')];

type Stand = {
  readonly standing: number;
  readonly partition: number;
  readonly nodes: number;
  readonly allowance: number;
  readonly heardFor: number;
};

const stand: fc.Arbitrary<Stand> = fc.record({
  standing: fc.constantFrom(JOINING, ALL_SHARE, ALL_SHARE, ALL_SHARE, CUT_OFF),
  partition: fc.constantFrom(LOCAL, PART, CLOSED),
  nodes: fc.integer({ min: 0, max: 4 }),
  allowance: fc.integer({ min: 0, max: 6 }),
  heardFor: fc.constantFrom(-1, 0, 1, 50, 50, 50),
});

type Step =
  | { readonly kind: 'admit' | 'release' | 'let-go'; readonly which: number }
  | { readonly kind: 'remote' | 'base'; readonly which: number; readonly count: number }
  | { readonly kind: 'stand'; readonly stand: Stand }
  | { readonly kind: 'die' | 'alone' };

const which = fc.nat({ max: 30 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('admit' as const), which }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('release' as const, 'let-go' as const), which }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom('remote' as const, 'base' as const),
      which,
      count: fc.nat({ max: 12 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('stand' as const), stand }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('die' as const, 'alone' as const) }) },
);

/** What a source holds, by the words of the rule. */
class Source {
  own = 0;
  remote = 0;
  base = 0;
  slot = 0;
}

function brokenBy(source: Source, threshold: number, given: Stand | null, now: number): Reason | null {
  if (source.own >= threshold) return 'connections';
  if (given === null) return null;
  const { standing, partition, nodes, heardFor } = given;
  const isCutOff = standing === CUT_OFF || (standing === ALL_SHARE && now >= heardFor);
  if (!isCutOff && source.own + source.remote >= threshold) return 'crowded';
  const usual = Math.max(8, Math.ceil(threshold / 4));
  const allowance = Math.min(threshold, given.allowance === 0 ? usual : given.allowance);
  const share = nodes === 0 ? allowance : Math.max(1, Math.floor(threshold / nodes));
  const apart = partition === LOCAL ? threshold : partition === CLOSED ? 0 : share;
  const together = standing === JOINING ? allowance : nodes === 1 ? threshold : source.base + allowance;
  return source.own >= (isCutOff ? apart : together) ? 'unconfirmed' : null;
}

const verdicts: Readonly<Record<Action, Verdict>> = {
  alert: ADMIT_REPORT,
  alert_deny: REFUSE_REPORT,
  deny_no_log: REFUSE_UNREPORTED,
  'block-period': REFUSE_REPORT,
};

suite('a verdict among several nodes', () => {
  test('is what the words of a source say, and whatever changes is noted', () => {
    const rules = fc.record({
      threshold: fc.integer({ min: 1, max: 12 }),
      action: fc.constantFrom<Action>('alert', 'alert_deny', 'deny_no_log'),
    });
    fc.assert(
      fc.property(rules, fc.array(step, { maxLength: 120 }), ({ threshold, action }, steps) => {
        const rule = limitWith(action, { threshold });
        const table = createSourcesTable(1024);
        const ledgers = [createLedger(1000), createLedger(1000)];
        const gates = [new Gate(table, ledgers, 1), new Gate(table, ledgers, 2)];
        const slots = new SharedSlots(table);
        const sources = addresses.map(() => new Source());
        const held: { readonly gate: number; readonly source: Source; readonly connection: number }[] = [];
        const seen = new Map<number, number>();
        let given: Stand | null = null;
        let now = 0;
        const keep = (place: number): Source | undefined => {
          const [source, address] = [sources[place % 3], addresses[place % 3]];
          if (source === undefined || address === undefined) return undefined;
          const prefix = place % 3 === 2 ? 64 : MAPPED_BITS + 32;
          const masked = place % 3 === 2 ? words('2001:db8::') : address;
          if (source.slot === 0) source.slot = slots.place({ policy: 1, prefix, address: masked }, now) ?? 0;
          assert.notEqual(source.slot, 0);
          return source;
        };
        for (const each of steps) {
          now += 1;
          if (each.kind === 'stand') {
            given = { ...each.stand, heardFor: now + each.stand.heardFor };
            const { standing, partition, nodes, heardFor, allowance } = given;
            slots.stand(packSharing(standing, partition, nodes), heardFor, allowance);
          } else if (each.kind === 'alone') {
            given = null;
            slots.stand(0, 0, 0);
          } else if (each.kind === 'remote' || each.kind === 'base') {
            const source = keep(each.which);
            if (source === undefined) continue;
            source[each.kind] = each.count;
            if (each.kind === 'remote') slots.setRemote(source.slot, each.count);
            else slots.setBase(source.slot, each.count);
          } else if (each.kind === 'let-go') {
            const source = sources[each.which % 3];
            if (source === undefined || source.slot === 0) continue;
            assert.ok(slots.release(source.slot));
            Object.assign(source, { slot: 0, remote: 0, base: 0 });
          } else if (each.kind === 'admit') {
            const [gate, source, address] = [
              gates[each.which % 2],
              sources[each.which % 3],
              addresses[each.which % 3],
            ];
            assert.ok(gate !== undefined && source !== undefined && address !== undefined);
            const reason = brokenBy(source, threshold, given, now);
            // Nobody is refused under it, so that only what is known to be too many is a violation.
            const isViolation = reason !== null && !(action === 'alert' && reason === 'unconfirmed');
            const verdict = gate.admit(rule, address, now);
            assert.equal(verdict, isViolation ? verdicts[action] : ADMIT, `${reason}`);
            if (isViolation) assert.equal(gate.judgement.reason, reason);
            if (!isAdmitted(verdict)) continue;
            source.own += 1;
            held.push({ gate: each.which % 2, source, connection: gate.judgement.connection });
          } else if (each.kind === 'release') {
            const [one] = held.splice(each.which % Math.max(1, held.length), 1);
            if (one === undefined) continue;
            gates[one.gate]?.release(one.connection);
            one.source.own -= 1;
          } else {
            assert.ok(recoverWorker(table, ledgers, 2));
            gates[1] = new Gate(table, ledgers, 2);
            for (const one of held.filter(({ gate }) => gate === 1)) one.source.own -= 1;
            held.splice(0, held.length, ...held.filter(({ gate }) => gate === 0));
          }
          if (given === null) {
            // What has changed meanwhile nobody has noted: whoever begins to share looks at all.
            seen.clear();
            for (let shard = 0; slots.markShard(shard) !== null; shard++);
          }
          slots.changed(1024, (slot) => seen.set(slot, slots.open(slot)));
          for (const { own, slot } of sources)
            if (slot !== 0 && (given !== null || seen.has(slot))) assert.equal(slots.open(slot), own);
          for (const { own, slot } of sources)
            if (slot !== 0 && seen.has(slot)) assert.equal(seen.get(slot), own, 'a change was not noted');
        }
      }),
      { numRuns: rounds(100, 1000) },
    );
  });

  test('blocks a source that holds too much elsewhere, and nobody of whom that is not known', () => {
    const blocking = limitWith('block-period');
    const { table, gate, open } = setUp();
    const slots = new SharedSlots(table);
    slots.stand(packSharing(ALL_SHARE, PART, 2), later, 0);
    open(blocking, 8);
    assert.equal(gate.admit(blocking, client, 0), REFUSE_REPORT);
    assert.deepEqual([gate.judgement.reason, gate.judgement.startedBlock], ['unconfirmed', false]);
    const slot = slots.place(identity, 0) ?? 0;
    slots.setBase(slot, 8);
    slots.setRemote(slot, 2);
    assert.equal(gate.admit(blocking, client, 0), REFUSE_REPORT);
    const { reason, startedBlock, elsewhere } = gate.judgement;
    assert.deepEqual([reason, startedBlock, elsewhere], ['crowded', true, 2]);
  });

  test('keeps the slot of a source that holds something elsewhere only, until it is let go', () => {
    const { table, gate } = setUp();
    const slots = new SharedSlots(table);
    slots.stand(packSharing(ALL_SHARE, PART, 2), later, 0);
    const slot = slots.place(identity, 0) ?? 0;
    slots.setRemote(slot, 9);
    assert.equal(gate.admit(limit, client, 0), ADMIT);
    gate.release(gate.judgement.connection);
    assert.equal(tableUsage(table).used, 1);
    assert.deepEqual(slots.identity(slot), { ...identity, address: new Uint32Array(client) });
    // More than a word holds is not less than nothing.
    for (const many of [10, 2 ** 32 - 1]) {
      slots.setRemote(slot, many);
      assert.equal(gate.admit(limit, client, 0), REFUSE_REPORT);
      assert.equal(gate.judgement.reason, 'crowded');
    }
    // Its episode keeps it then.
    assert.ok(slots.release(slot));
    assert.equal(gate.admit(limit, client, 0), ADMIT);
    assert.equal(openOf(table, limit, client), 1);
  });

  test('is that of a full table where there is no room for what is known of a source', () => {
    const { table, gate } = setUp();
    gate.fullPolicy = 'closed';
    const slots = new SharedSlots(table);
    slots.stand(packSharing(ALL_SHARE, PART, 2), later, 0);
    for (let number = 0; number < 1024; number++) {
      const address = words(`10.0.${number >> 8}.${number & 255}`);
      assert.notEqual(slots.place({ ...identity, address }, 0), 0);
    }
    assert.equal(slots.place(identity, 0), 0);
    assert.equal(gate.admit(limit, client, 0), REFUSE_TABLE_FULL);
  });
});
