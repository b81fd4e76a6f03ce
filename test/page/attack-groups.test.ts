import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attackGroups, groupings, networkOf } from '../../src/page/attacks/groups.ts';
import type { EpisodeSummary } from '../../src/system/reports/attack-episodes.ts';

function episode(fields: Partial<EpisodeSummary>): EpisodeSummary {
  return {
    id: '1',
    policy: 'web',
    source: '192.0.2.1',
    isShared: false,
    sources: 1,
    attack: 'SYN Flood',
    rule: 'limit',
    action: 'Alert_Deny',
    first: '2026-11-20 10:00:01',
    last: '2026-11-20 10:00:09',
    phase: 'end',
    isWhole: true,
    threshold: 10,
    peak: 10,
    violations: 1,
    wouldRefuse: 1,
    kernelRefused: 0,
    records: 2,
    ...fields,
  };
}

const episodes = [
  episode({ violations: 5 }),
  episode({ source: '192.0.2.77', violations: 40, peak: 12, phase: 'summary' }),
  episode({
    source: '2001:db8:1:2::/64',
    policy: 'mail',
    first: '2026-11-20 11:59:59',
    last: '2026-11-20 12:00:00',
  }),
  episode({ source: '', isShared: true, sources: 12, violations: 300, phase: 'summary' }),
  episode({ source: '', policy: 'mail', first: '2026-11-21 00:00:00' }),
];

function named(by: (typeof groupings)[number]): readonly [string, number][] {
  return attackGroups(episodes, by).map(({ name, violations }) => [name, violations]);
}

test('episodes are grouped by source, network, policy or hour, and no violation is lost', () => {
  assert.deepEqual(named('network'), [
    ['sources without a line of their own', 300],
    ['192.0.2.0/24', 45],
    ['2001:db8:1::/48', 1],
    ['SYN Flood', 1],
  ]);
  assert.deepEqual(named('policy'), [
    ['web', 345],
    ['mail', 2],
  ]);
  assert.deepEqual(
    named('hour').map(([name]) => name),
    ['2026-11-21 00:00', '2026-11-20 11:00', '2026-11-20 10:00'],
  );
  for (const by of groupings)
    assert.equal(
      named(by).reduce((sum, [, violations]) => sum + violations, 0),
      347,
    );
  const [shared, network] = attackGroups(episodes, 'network');
  assert.equal(shared?.goesOn, false);
  assert.deepEqual([network?.peak, network?.goesOn, network?.episodes.length], [12, true, 2]);
});

test('a network is a /24, or a /48, or what is wider already', () => {
  const known = {
    '203.0.113.9': '203.0.113.0/24',
    '10.0.0.0/8': '10.0.0.0/8',
    '2001:db8::/32': '2001:db8::/32',
  };
  for (const [source, network] of Object.entries(known)) assert.equal(networkOf(source), network);
  assert.equal(networkOf('198.51.100.128/25'), '198.51.100.0/24');
  assert.equal(networkOf('no address'), 'no address');
});
