import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAddress } from '../../src/net/address.ts';
import type { ConnectionEvent } from '../../src/replay/capture/connection-event.ts';
import { Replay } from '../../src/replay/judging/replay.ts';
import { changesOf } from '../../src/replay/report/changes.ts';
import type { Fate, PolicyResult } from '../../src/replay/report/result.ts';
import { ADMIT_REPORT, isAdmitted, REFUSE_REPORT, type Verdict } from '../../src/verdict/judge/verdict.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { words } from '../verdict/addresses.ts';
import { guarded, planFor, serverEnd } from './captures.ts';

/** More than the tables of a replay begin with, of both families; many of one network. */
const addresses = Array.from({ length: 300 }, (_, index) =>
  words(index % 3 === 0 ? `2001:db8:${index >> 5}::${index}` : `10.0.${index >> 6}.${index & 255}`),
);

type Prefix = 24 | 32;

/** The name that a source has in a report, written anew for IPv4 whole or by 24 bits and IPv6 whole. */
function nameOf(address: Uint32Array, prefix: Prefix): string {
  const text = formatAddress(address);
  return prefix === 32 || text.includes(':') ? text : `${text.replace(/\d+$/, '0')}/24`;
}

/** Whoever is there closes or opens; addresses come again more often than not. */
const schedules = fc
  .array(
    fc.record({
      opens: fc.boolean(),
      which: fc.oneof(fc.nat(5), fc.nat(addresses.length - 1)),
      wait: fc.constantFrom(0, 1, 400, 30_000),
    }),
    { minLength: 1, maxLength: 400 },
  )
  .map((steps) => {
    // A number is used again as soon as it is free, as a capture's connections do.
    const [open, free]: [number[], number[]] = [[], []];
    let [count, time] = [0, 1_795_000_000_000];
    return steps.flatMap(({ opens, which, wait }): ConnectionEvent[] => {
      time += wait;
      if (!opens && open.length > 0) {
        const [connection] = open.splice(which % open.length, 1);
        if (connection === undefined) return [];
        free.push(connection);
        return [{ kind: 'closed', time, connection }];
      }
      const connection = free.pop() ?? count++;
      open.push(connection);
      const source = addresses[which] ?? words(serverEnd.address);
      const destination = words(serverEnd.address);
      const ports = { sourcePort: 1, destinationPort: serverEnd.port };
      return [{ kind: 'opened', time, connection, source, destination, ...ports }];
    });
  });

const rules = fc.record({
  threshold: fc.nat(3),
  action: fc.constantFrom('alert', 'alert_deny', 'block-period', 'deny_no_log'),
  blockPeriod: fc.constantFrom(1, 600),
  prefixV4: fc.constantFrom<Prefix[]>(24, 32),
});

const whole = { prefixV6: 128 } as const;

type Seen = { connections: number; reported: number; refused: number; first: number; order: number };

/** What a report says of sources, kept in maps without a limit. */
class ReportModel {
  readonly seen = new Map<string, Seen>();
  readonly peaks = new Map<string, number>();
  readonly #open = new Map<string, number>();
  readonly #sourceOf = new Map<number, string>();
  reported = 0;
  refused = 0;
  #order = 0;

  opened(connection: number, source: string, verdict: Verdict, time: number): void {
    const open = (this.#open.get(source) ?? 0) + 1;
    this.#open.set(source, open);
    this.#sourceOf.set(connection, source);
    this.peaks.set(source, Math.max(this.peaks.get(source) ?? 0, open));
    const seen = this.seen.get(source) ?? {
      connections: 0,
      reported: 0,
      refused: 0,
      first: Infinity,
      order: 0,
    };
    this.seen.set(source, seen);
    seen.connections++;
    const isReported = verdict === ADMIT_REPORT || verdict === REFUSE_REPORT;
    if (isReported) seen.reported++;
    if (!isAdmitted(verdict)) seen.refused++;
    this.reported += isReported ? 1 : 0;
    this.refused += isAdmitted(verdict) ? 0 : 1;
    if (seen.first !== Infinity || (!isReported && isAdmitted(verdict))) return;
    seen.first = time;
    seen.order = this.#order++;
  }

  closed(connection: number): void {
    const source = this.#sourceOf.get(connection) ?? '';
    this.#open.set(source, (this.#open.get(source) ?? 0) - 1);
  }
}

function run(
  rule: Parameters<typeof guarded>[0],
  events: readonly ConnectionEvent[],
  mostSources: number,
): { readonly replay: Replay; readonly model: ReportModel; readonly result: PolicyResult } {
  const model = new ReportModel();
  const prefix = rule.prefixV4 === 24 ? 24 : 32;
  const replay = new Replay(planFor(guarded({ ...rule, ...whole })), {
    mostSources,
    onVerdict: ({ connection, source, time }, verdict) =>
      model.opened(connection, nameOf(source, prefix), verdict, time),
  });
  for (const event of events) {
    replay.take(event);
    if (event.kind === 'closed') model.closed(event.connection);
  }
  const [result] = replay.result.policies;
  assert.ok(result !== undefined);
  return { replay, model, result };
}

test('a report says of any schedule what maps without a limit say, of as many sources as there is room for', () => {
  fc.assert(
    fc.property(rules, schedules, fc.constantFrom(0, 1, 3, 20, 1000), (rule, events, mostSources) => {
      const { replay, model, result } = run(rule, events, mostSources);
      const named = [...model.peaks].slice(0, mostSources);
      const peaks = new Map<number, number>();
      for (const [, peak] of named) peaks.set(peak, (peaks.get(peak) ?? 0) + 1);
      const byPeak = [...named].sort(([, one], [, other]) => other - one);
      const seen = named.flatMap(([source]) => ({
        source,
        ...(model.seen.get(source) ?? { connections: 0, reported: 0, refused: 0, first: 0, order: 0 }),
      }));
      const affected = seen.filter(({ first }) => first !== Infinity);
      const total = [...model.seen.values()].reduce((sum, { connections }) => sum + connections, 0);

      assert.equal(result.connections, total);
      assert.equal(replay.unnamed, total - seen.reduce((sum, { connections }) => sum + connections, 0));
      assert.equal(result.sources, named.length);
      assert.deepEqual(
        result.peaks,
        [...peaks].map(([peak, sources]) => ({ peak, sources })).sort((one, other) => one.peak - other.peak),
      );
      assert.deepEqual(
        result.highest,
        byPeak.slice(0, 10).map(([source, peak]) => ({ source, peak })),
      );
      assert.deepEqual(result.peakOfSource, result.highest[0] ?? null);
      assert.equal(result.affectedInAll, affected.length);
      assert.deepEqual(
        result.affected.map(({ source, connections, reported, refused }) => [
          source,
          connections,
          reported,
          refused,
        ]),
        affected
          .sort((one, other) => one.order - other.order)
          .map(({ source, connections, reported, refused }) => [source, connections, reported, refused]),
      );
      assert.deepEqual(
        [result.reported.connections, result.refused.connections],
        [model.reported, model.refused],
      );
      assert.equal(result.reported.sources, affected.filter(({ reported }) => reported > 0).length);
      const firsts = [...model.seen.values()].map(({ first }) => first);
      const first = Math.min(...firsts);
      assert.equal(Math.min(result.reported.first ?? Infinity, result.refused.first ?? Infinity), first);
    }),
    { numRuns: rounds(25, 200) },
  );
});

test('what a candidate changes is what differs between the reports of both, by name', () => {
  const prefixes = fc.constantFrom<Prefix[]>(24, 32);
  fc.assert(
    fc.property(
      rules,
      rules,
      prefixes,
      schedules,
      fc.constantFrom(2, 1000),
      (one, other, prefixV4, events, most) => {
        const [before, after] = [one, other].map((rule) => run({ ...rule, prefixV4 }, events, most));
        assert.ok(before !== undefined && after !== undefined);
        const fates = ({ result }: typeof before): Map<string, Fate> =>
          new Map(result.affected.map(({ source, fate }) => [source, fate]));
        const [was, is] = [fates(before), fates(after)];
        const expected = [...new Set([...was.keys(), ...is.keys()])]
          .map((source) => [source, was.get(source) ?? 'admitted', is.get(source) ?? 'admitted'])
          .filter(([, from, to]) => from !== to);
        const [change] = changesOf(before.replay, after.replay);
        assert.deepEqual(
          (change?.changes ?? []).map(({ source, from, to }) => [source, from, to]).sort(),
          expected.sort(),
        );
        assert.equal(change?.changesInAll ?? 0, expected.length);
        const connections = before.model.seen;
        for (const each of change?.changes ?? []) {
          assert.equal(each.before?.connections, connections.get(each.source)?.connections);
          assert.equal(each.after?.connections, connections.get(each.source)?.connections);
        }
      },
    ),
    { numRuns: rounds(20, 150) },
  );
});

test('who is kept in mind under one configuration only is not said to have changed', () => {
  const grouping = new Map([[1, { prefixV4: 32, prefixV6: 128 }]]);
  const destination = words(serverEnd.address);
  const [before, after] = ([32, 24] as const).map((prefixV4) => {
    const replay = new Replay(planFor(guarded({ threshold: 1, prefixV4 })), { grouping, mostSources: 3 });
    for (let connection = 0; connection < 6; connection++) {
      const source = words(`10.0.0.${connection % 3}`);
      const ports = { sourcePort: 1, destinationPort: serverEnd.port };
      replay.take({ kind: 'opened', time: 1000 + connection, connection, source, destination, ...ports });
    }
    return replay;
  });
  assert.ok(before !== undefined && after !== undefined);
  assert.deepEqual([before.unnamed, after.unnamed], [0, 2]);
  // The network took a place too.
  const [change] = changesOf(before, after);
  assert.deepEqual([change?.changesInAll, change?.otherNumbers], [0, 1]);
  const [back] = changesOf(after, before);
  assert.deepEqual([back?.changesInAll, back?.otherNumbers], [0, 1]);
});
