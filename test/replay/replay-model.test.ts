import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ConnectionEvent } from '../../src/replay/capture/connection-event.ts';
import { Replay } from '../../src/replay/judging/replay.ts';
import { atOnce } from '../../src/time/time-slice.ts';
import { Gate } from '../../src/verdict/judge/gate.ts';
import { limitOf } from '../../src/verdict/judge/limit.ts';
import {
  ADMIT,
  ADMIT_REPORT,
  REFUSE_REPORT,
  REFUSE_UNREPORTED,
  type Verdict,
} from '../../src/verdict/judge/verdict.ts';
import { createLedger } from '../../src/verdict/table/ledger.ts';
import { createSourcesTable } from '../../src/verdict/table/table.ts';
import { sweepEpisodes } from '../../src/verdict/upkeep/episodes.ts';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { bitsOf, words } from '../verdict/addresses.ts';
import { type ModelConnection, type ModelVerdict, ReferenceModel } from '../verdict/reference-model.ts';
import { guarded, planFor, serverEnd } from './captures.ts';

const addresses = ['10.0.0.1', '10.0.0.2', '10.0.1.1', '2001:db8::1', '2001:db8::2'].map(words);
const interval = 60_000;

const names: ReadonlyMap<Verdict, ModelVerdict> = new Map([
  [ADMIT, 'admit'],
  [ADMIT_REPORT, 'admit-report'],
  [REFUSE_REPORT, 'refuse-report'],
  [REFUSE_UNREPORTED, 'refuse-unreported'],
]);

type Step = { readonly wait: number; readonly opens: boolean; readonly which: number };

const steps = fc.array(
  fc.record({
    wait: fc.oneof(fc.constantFrom(0, 1, 999, 1000, 59_999, 60_000), fc.nat(200_000)),
    opens: fc.oneof(fc.constant(true), fc.boolean()),
    which: fc.nat(addresses.length - 1),
  }),
  { minLength: 1, maxLength: 120 },
);

const policies = fc
  .record({
    threshold: fc.nat(4),
    action: fc.constantFrom('alert', 'alert_deny', 'block-period', 'deny_no_log'),
    blockPeriod: fc.constantFrom(1, 60, 600),
    prefixV4: fc.constantFrom(24, 32),
    prefixV6: fc.constantFrom(64, 128),
    monitorMode: fc.boolean(),
  })
  .map(({ monitorMode, ...rule }) => guarded(rule, { monitorMode }));

function schedule(given: readonly Step[]): ConnectionEvent[] {
  const open: number[] = [];
  const destination = words(serverEnd.address);
  let time = 1_795_000_000_000;
  return given.flatMap(({ wait, opens, which }, connection): ConnectionEvent[] => {
    time += wait;
    if (opens) {
      open.push(connection);
      const source = addresses[which] ?? destination;
      const ports = { sourcePort: connection, destinationPort: serverEnd.port };
      return [{ kind: 'opened', time, connection, source, destination, ...ports }];
    }
    const [closed] = open.splice(which % Math.max(1, open.length), 1);
    return closed === undefined ? [] : [{ kind: 'closed', time, connection: closed }];
  });
}

test('a replay of any schedule gives what the gate gives, and what the model gives', () => {
  fc.assert(
    fc.property(policies, steps, (policy, given) => {
      const limit = limitOf(policy);
      const events = schedule(given);

      const replayed: Verdict[] = [];
      const replay = new Replay(planFor(policy), { onVerdict: (_event, verdict) => replayed.push(verdict) });
      for (const event of events) replay.take(event);

      const table = createSourcesTable(1024);
      const gate = new Gate(table, [createLedger(1000)], 1);
      const model = new ReferenceModel(1024, () => new Set());
      const [held, modelled] = [new Map<number, number>(), new Map<number, ModelConnection>()];
      const [driven, expected]: [Verdict[], ModelVerdict[]] = [[], []];
      let closedByBlock = 0;
      let swept = events[0]?.time ?? 0;
      for (const event of events) {
        const { time, connection } = event;
        for (; time - swept >= 1000; swept += 1000) {
          atOnce(sweepEpisodes(table, swept + 1000, interval, () => undefined));
          model.sweep(swept + 1000, interval);
        }
        if (event.kind === 'opened') {
          driven.push(gate.admit(limit, event.source, time));
          if (gate.judgement.connection >= 0) held.set(connection, gate.judgement.connection);
          const startedBlock = gate.judgement.startedBlock;
          for (const [number, entry] of startedBlock ? [...held] : []) {
            if (!gate.blocked(entry, limit, time)) continue;
            gate.release(entry);
            held.delete(number);
          }
          const decision = model.admit(limit, bitsOf(event.source), time, 'open');
          expected.push(decision.verdict);
          if (decision.connection !== null) modelled.set(connection, decision.connection);
          for (const [number, other] of decision.startedBlock ? [...modelled] : []) {
            if (!model.isBlocked(other, limit, time)) continue;
            model.release(other);
            modelled.delete(number);
            closedByBlock++;
          }
        } else {
          const [entry, other] = [held.get(connection), modelled.get(connection)];
          held.delete(connection);
          modelled.delete(connection);
          if (entry !== undefined) gate.release(entry);
          if (other !== undefined) model.release(other);
        }
      }

      assert.deepEqual(replayed, driven);
      assert.deepEqual(
        replayed.map((verdict) => names.get(verdict)),
        expected,
      );
      const [result] = replay.result.policies;
      assert.equal(result?.blocked.connections, closedByBlock);
      assert.equal(
        result?.refused.connections,
        expected.filter((verdict) => verdict.startsWith('refuse')).length,
      );
      assert.equal(
        result?.reported.connections,
        expected.filter((verdict) => verdict.endsWith('-report')).length,
      );
    }),
    { numRuns: rounds(16, 150) },
  );
});
