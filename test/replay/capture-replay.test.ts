import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { buildAddressMap } from '../../src/net/address-map.ts';
import { CaptureReader } from '../../src/packets/capture/capture-reader.ts';
import { Packet } from '../../src/packets/packet.ts';
import { BLACK, TRUSTED } from '../../src/policy/snapshot.ts';
import type { Replayed } from '../../src/replay/capture/capture-replay.ts';
import { CapturedConnections } from '../../src/replay/capture/captured-connections.ts';
import { decodePlan, encodePlan } from '../../src/replay/plan.ts';
import type { PolicyResult } from '../../src/replay/report/result.ts';
import { inIPv4 } from '../packets/envelopes.ts';
import { policyOf, ruleOf } from '../policy/snapshots.ts';
import {
  CaptureBuilder,
  type End,
  fragmentsOf,
  guarded,
  planFor,
  replayed,
  serverEnd,
  startTime,
} from './captures.ts';

const flooder = '203.0.113.7';
function client(port: number, address = flooder): End {
  return { address, port };
}

function only({ policies }: Replayed): PolicyResult {
  const [policy] = policies;
  assert.ok(policy !== undefined && policies.length === 1);
  return policy;
}

/** So many connections at the seconds 1, 2, ... that stay. */
function flood(count: number, address = flooder): CaptureBuilder {
  const capture = new CaptureBuilder();
  for (let index = 1; index <= count; index++) capture.open(index * 1000, client(index, address), serverEnd);
  return capture;
}

describe('a replay', () => {
  it('says why there is no connection in packets of TCP', () => {
    const capture = new CaptureBuilder();
    for (let port = 1; port <= 3; port++)
      capture.packet(port, { end: client(port), next: 1 }, { end: serverEnd, next: 1 }, 2);
    assert.deepEqual(replayed(capture.bytes, planFor(guarded({}))).capture.notes, [
      'no handshake is seen to its end: there are 3 SYNs, 0 answers to one, 0 other packets of TCP',
    ]);
  });

  it('puts fragments within two tunnels together where the innermost packets are wanted, and says so elsewhere', () => {
    const Gre = 47;
    let identification = 0;
    const twice = flood(5).sentAs((ip) => {
      const inside = inIPv4(Gre, Buffer.concat([Uint8Array.of(0, 0, 8, 0), ip]));
      return fragmentsOf(inside, 32, identification++).map((fragment) => inIPv4(4, fragment));
    });
    const plan = planFor(guarded({}));
    const outermost = replayed(twice, plan);
    assert.equal(outermost.capture.connections, 0);
    assert.deepEqual(outermost.capture.notes, [
      '30 packets are not read: IP fragments within a tunnel, which --innermost puts together',
    ]);
    assert.equal(only(replayed(twice, plan, { wanted: 'innermost' })).refused.connections, 2);
    const once = flood(5).sentAs((ip) => [inIPv4(Gre, Buffer.concat([Uint8Array.of(0, 0, 8, 0), ip]))]);
    assert.deepEqual(replayed(once, plan), replayed(once, plan, { wanted: 'innermost' }));
    assert.equal(only(replayed(once, plan)).refused.connections, 2);
  });

  it('refuses what the threshold leaves no room for, and says since when', () => {
    const policy = only(replayed(flood(5).bytes, planFor(guarded({}))));
    assert.deepEqual(policy.refused, { sources: 1, connections: 2, first: startTime + 4000 });
    assert.deepEqual(policy.reported, { sources: 1, connections: 2, first: startTime + 4000 });
    assert.deepEqual([policy.connections, policy.sources, policy.peak, policy.held], [5, 1, 5, 3]);
    assert.deepEqual(policy.peakOfSource, { source: flooder, peak: 5 });
    assert.deepEqual(policy.peaks, [{ peak: 5, sources: 1 }]);
    assert.deepEqual(
      policy.affected.map(({ source, fate }) => [source, fate]),
      [[flooder, 'refused']],
    );
  });

  it('does as each action does', () => {
    const fates = (['alert', 'alert_deny', 'deny_no_log', 'block-period'] as const).map((action) => {
      const { reported, refused, blocked, wouldRefuse, held } = only(
        replayed(flood(6).bytes, planFor(guarded({ action }))),
      );
      return [reported.connections, refused.connections, blocked.connections, wouldRefuse, held];
    });
    assert.deepEqual(fates, [
      [3, 0, 0, 3, 6],
      [3, 3, 0, 3, 3],
      [0, 3, 0, 3, 3],
      // The fourth is refused and closes three, the rest meets the block.
      [3, 3, 3, 3, 3],
    ]);
    const monitored = planFor(guarded({ action: 'block-period' }, { monitorMode: true }));
    const { refused, blocked, wouldRefuse, reported } = only(replayed(flood(6).bytes, monitored));
    assert.deepEqual([refused.sources, blocked.sources, wouldRefuse, reported.connections], [0, 0, 3, 3]);
  });

  it('ends a block on the clock of the capture', () => {
    const capture = flood(4);
    capture.open(63_999, client(100), serverEnd);
    capture.open(64_001, client(101), serverEnd);
    const plan = planFor(guarded({ action: 'block-period', blockPeriod: 60 }));
    const { refused, blocked, held } = only(replayed(capture.bytes, plan));
    assert.deepEqual([refused.connections, blocked.connections, held], [2, 3, 3]);
    assert.equal(blocked.first, startTime + 4000);
  });

  it('frees a place when both sides have ended, not before', () => {
    const capture = new CaptureBuilder();
    const first = capture.open(0, client(1), serverEnd);
    first.finOfClient(1000);
    capture.open(2000, client(2), serverEnd);
    first.finOfServer(3000);
    capture.open(4000, client(3), serverEnd);
    const { refused } = only(replayed(capture.bytes, planFor(guarded({ threshold: 1 }))));
    assert.deepEqual(refused, { sources: 1, connections: 1, first: startTime + 2000 });
  });

  it('frees a place at a reset by either side, and after the idle timeout', () => {
    const capture = new CaptureBuilder();
    capture.open(0, client(1), serverEnd).reset(1000);
    capture.open(2000, client(2), serverEnd).resetByServer(3000);
    const idle = capture.open(4000, client(3), serverEnd);
    idle.say(5000);
    capture.open(3_600_000 + 4000, client(4), serverEnd).reset(3_600_000 + 4500);
    capture.open(3_600_000 + 6000, client(5), serverEnd);
    const { refused } = only(replayed(capture.bytes, planFor(guarded({ threshold: 1 }))));
    assert.deepEqual(refused, { sources: 1, connections: 1, first: startTime + 3_604_000 });
  });

  it('counts only connections whose handshake was completed', () => {
    const capture = flood(2);
    const half = { end: client(50), next: 1 };
    for (let index = 0; index < 10; index++) {
      capture.packet(3000 + index, { ...half, end: client(50 + index) }, { end: serverEnd, next: 0 }, 2);
    }
    assert.equal(only(replayed(capture.bytes, planFor(guarded({})))).connections, 2);
  });

  it('takes a connection for the policy that listens where it goes', () => {
    const capture = new CaptureBuilder();
    capture.open(0, client(1), serverEnd);
    capture.open(1, client(2), { address: '198.51.100.11', port: 80 });
    capture.open(2, client(3), { address: serverEnd.address, port: 81 });
    capture.open(3, client(4, '2001:db8::1'), { address: '2001:db8::80', port: 80 });
    const every = (id: number, address: string, port: number) =>
      policyOf({ id, name: `${address} ${port}`, endpoints: [{ address, port }] });
    const plan = planFor(
      guarded({}, { name: 'one' }),
      every(2, '0.0.0.0', 81),
      every(3, '::', 80),
      policyOf({ id: 4, name: 'off', enabled: false, endpoints: [{ address: '198.51.100.11', port: 80 }] }),
    );
    const { policies, unmatched, capture: read } = replayed(capture.bytes, plan);
    assert.deepEqual(
      policies.map(({ connections }) => connections),
      [1, 1, 1, 0],
    );
    assert.deepEqual(unmatched, {
      connections: 1,
      destinations: [{ destination: '198.51.100.11:80', connections: 1 }],
    });
    assert.deepEqual([read.connections, read.packets], [4, 12]);
    const all = replayed(capture.bytes, plan, { policy: 'off' });
    assert.deepEqual(
      all.policies.map(({ connections }) => connections),
      [0, 0, 0, 4],
    );
    assert.equal(replayed(capture.bytes, plan, { policy: 'one', port: 81 }).unmatched.connections, 3);
  });

  it('counts sources by the prefix of the rule, and exempts whom the list trusts', () => {
    const capture = new CaptureBuilder();
    for (let index = 1; index <= 4; index++) capture.open(index, client(1, `10.0.0.${index}`), serverEnd);
    const addresses = buildAddressMap([
      { text: '10.0.0.1', marks: BLACK },
      { text: '10.0.0.2', marks: TRUSTED },
    ]);
    const list = {
      name: 'l',
      severity: 'Medium',
      triggerPolicy: '',
      blockPeriod: 1,
      allowOnly: false,
      expires: null,
    } as const;
    const ipList = { ...list, action: 'alert_deny', addresses } as const;
    const plan = planFor(guarded({ prefixV4: 24, threshold: 1 }, { ipList }));
    const policy = only(replayed(capture.bytes, decodePlan(encodePlan(plan))));
    assert.deepEqual([policy.sources, policy.refused.connections, policy.held], [1, 3, 1]);
    assert.equal(policy.affected[0]?.source, '10.0.0.0/24');
  });

  it('counts silent connections until the client has sent a byte', () => {
    const capture = new CaptureBuilder();
    const rule = { threshold: 0, silentThreshold: 2, silentAfter: 10 };
    for (let index = 0; index < 3; index++) capture.open(index, client(index), serverEnd).reply(500 + index);
    capture.open(9000, client(10), serverEnd).say(9001);
    const speaker = capture.open(9500, client(11), serverEnd);
    capture.open(10_500, client(12), serverEnd);
    speaker.say(10_600);
    const { refused } = only(replayed(capture.bytes, planFor(guarded(rule))));
    assert.deepEqual(refused, { sources: 1, connections: 1, first: startTime + 10_500 });
  });

  it('never counts as silent who has spoken or has gone', () => {
    const capture = new CaptureBuilder();
    const rule = { threshold: 0, silentThreshold: 1, silentAfter: 10 };
    capture.open(0, client(1), serverEnd).say(1);
    capture.open(2, client(2), serverEnd).close(3);
    capture.open(4, client(3), serverEnd).say(20_000);
    capture.open(19_000, client(4), serverEnd);
    capture.open(21_000, client(5), serverEnd);
    capture.open(32_000, client(6), serverEnd);
    const { refused } = only(replayed(capture.bytes, planFor(guarded(rule))));
    // Only while the third was silent, and after the fourth has become it.
    assert.deepEqual(refused, { sources: 1, connections: 2, first: startTime + 19_000 });
  });

  it('tells what a candidate changes, and nothing else', () => {
    const capture = flood(5);
    for (let index = 1; index <= 2; index++) capture.open(index, client(index, '10.0.0.1'), serverEnd);
    capture.open(9000, client(1, '10.0.0.9'), serverEnd);
    const plan = planFor(guarded({ action: 'alert' }));
    const same = replayed(capture.bytes, plan, { candidate: planFor(guarded({ action: 'alert' })) });
    assert.deepEqual(same.changes, []);
    const candidate = planFor(guarded({ threshold: 1, action: 'block-period' }));
    const { changes } = replayed(capture.bytes, plan, { candidate });
    assert.deepEqual(
      changes?.flatMap((policy) => policy.changes.map(({ source, from, to }) => [source, from, to])),
      [
        ['10.0.0.1', 'admitted', 'blocked'],
        [flooder, 'reported', 'blocked'],
      ],
    );
    const added = planFor(guarded({ action: 'alert' }), policyOf({ id: 2, name: 'new' }));
    assert.deepEqual(
      replayed(capture.bytes, plan, { candidate: added }).changes?.map(({ policy, before }) => [
        policy,
        before,
      ]),
      [['new', null]],
    );
  });

  it('tells addresses apart where a candidate changes the prefix', () => {
    const capture = new CaptureBuilder();
    for (let index = 1; index <= 3; index++) capture.open(index, client(1, `10.0.0.${index}`), serverEnd);
    const candidate = planFor(guarded({ threshold: 2, prefixV4: 24 }));
    const { changes } = replayed(capture.bytes, planFor(guarded({ threshold: 2 })), { candidate });
    assert.deepEqual(
      changes?.[0]?.changes.map(({ source, from, to }) => [source, from, to]),
      [['10.0.0.3', 'admitted', 'refused']],
    );
  });

  it('lets connections end by the idle timeout of each configuration', () => {
    const capture = new CaptureBuilder();
    capture.open(0, client(1), serverEnd);
    capture.open(30_000, client(2), serverEnd);
    const plan = planFor(guarded({ threshold: 1 }));
    const { changes } = replayed(capture.bytes, plan, { candidate: { ...plan, idleTimeout: 20_000 } });
    assert.deepEqual(
      changes?.[0]?.changes.map(({ from, to }) => [from, to]),
      [['refused', 'admitted']],
    );
  });

  it('puts IP fragments together, in whatever order they come', () => {
    const capture = flood(5);
    for (let index = 1; index <= 5; index++)
      capture.open(index * 1000 + 1, client(index, '2001:db8::7'), { address: '2001:db8::80', port: 80 });
    const plan = planFor(
      guarded({}),
      policyOf({ id: 2, endpoints: [{ address: '2001:db8::80', port: 80 }] }),
    );
    const whole = replayed(capture.bytes, plan);
    for (const size of [8, 16]) {
      for (const arranged of [undefined, (fragments: Uint8Array[]) => fragments.toReversed()]) {
        const { capture: read, policies } = replayed(capture.inFragments(size, arranged), plan);
        assert.deepEqual(policies, whole.policies);
        assert.deepEqual(read.notes, []);
      }
    }
  });

  it('says which fragments it could not put together', () => {
    const notes = (arranged: (fragments: Uint8Array[]) => Uint8Array[]): readonly string[] =>
      replayed(flood(1).inFragments(8, arranged), planFor(guarded({}))).capture.notes;
    assert.deepEqual(
      notes((fragments) => fragments.slice(1)),
      [
        '6 IP fragments of TCP waited for the others when the capture ended: their packets are not taken into account',
      ],
    );
    const overlapping = ([first = new Uint8Array(), ...others]: Uint8Array[]): Uint8Array[] => {
      const other = Uint8Array.from(first);
      other[27] = 99;
      return [first, other, ...others];
    };
    assert.match(
      notes(overlapping).join(),
      /^\d+ IP fragments of TCP overlap with others: their packets are not taken into account$/,
    );
  });

  it('says when the times of a capture go back, and from when to when it is all the same', () => {
    const [first, second] = [flood(5).bytes, flood(2).bytes];
    const { capture } = replayed(Buffer.concat([first, second.subarray(24)]), planFor(guarded({})));
    assert.deepEqual([capture.from, capture.to], [startTime + 1000, startTime + 5000]);
    assert.deepEqual(capture.notes, [
      'times go back by up to 4 seconds, and the clock of a replay can not: reordercap puts a capture in order',
    ]);
  });

  it('reads what it can of a capture that is cut short, and says so', () => {
    const { bytes } = flood(5);
    const { capture, policies } = replayed(bytes.subarray(0, bytes.length - 100), planFor(guarded({})));
    assert.match(
      capture.notes.join(),
      /read only up to byte \d+: the capture ends in the middle of a record/,
    );
    assert.equal(policies[0]?.connections, 4);
    assert.throws(() => replayed(Buffer.from('no capture at all'), planFor()), /no pcap or pcapng/);
    assert.throws(() => replayed(new Uint8Array(0), planFor()), /the capture is empty/);
  });

  it('gives up the oldest of more connections than it can follow, and says so', () => {
    const closed: number[] = [];
    const connections = new CapturedConnections(
      3_600_000,
      (event) => {
        if (event.kind === 'closed') closed.push(event.connection);
      },
      2,
    );
    const reader = new CaptureReader();
    reader.add(flood(4).bytes);
    for (let record = reader.next(); record !== undefined; record = reader.next())
      connections.take(new Packet(record));
    assert.deepEqual(closed, [0, 1]);
    assert.deepEqual(connections.notes, ['2 connections were given up, too many were open at a time']);
  });

  it('names what it can not know', () => {
    const capture = flood(1);
    capture.packet(5, { end: client(99), next: 5 }, { end: serverEnd, next: 7 }, 24, 10);
    const scripted = guarded({}, { scripts: [{ id: 1, name: 's', text: 'when RULE_INIT {}' }] });
    const plan = planFor(scripted);
    assert.ok(!encodePlan(plan).includes('RULE_INIT'));
    const { capture: read, policies } = replayed(capture.bytes, plan);
    assert.deepEqual(read.notes, ['1 connections had begun before the capture did: they are not counted']);
    assert.match(policies[0]?.notes.join() ?? '', /its scripts were not run/);
    assert.equal(only(replayed(capture.bytes, planFor(policyOf({ rule: ruleOf({}) })))).connections, 0);
  });
});
