import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../../grammar/parse.ts';
import { blockedSources, isOfBlock, whyBlocked } from '../../src/page/reckoning/blocks.ts';
import { bytes, clock, count, counted, duration, rate, shortCount } from '../../src/page/reckoning/format.ts';
import { headroomOf } from '../../src/page/reckoning/headroom.ts';
import {
  blockLine,
  confirmedLines,
  editLines,
  liftLine,
  trustLines,
} from '../../src/page/reckoning/lines.ts';
import { inOrder, sorted } from '../../src/page/reckoning/order.ts';
import {
  commitsIn,
  latestRates,
  plotColumns,
  ratesBetween,
  type Sample,
} from '../../src/page/reckoning/samples.ts';
import { bucketsOf, meanOf } from '../../src/page/reckoning/verdict-times.ts';
import { codePoint } from '../code-point.ts';
import fc from '../property.ts';

test('numbers are short, and say what they are', () => {
  assert.deepEqual([0, 12_345, 1_234_567].map(count), ['0', '12,345', '1,234,567']);
  assert.deepEqual([99_999, 1_234_567].map(shortCount), ['99,999', '1.2M']);
  assert.deepEqual([null, undefined, 0, 0.44, 9.96, 1234.5].map(rate), ['–', '–', '0', '0.4', '10', '1,235']);
  assert.deepEqual([0, 1023, 1024, 1536, 12 * 1024 ** 3].map(bytes), [
    '0 B',
    '1,023 B',
    '1 KiB',
    '1.5 KiB',
    '12 GiB',
  ]);
  assert.deepEqual([-1, 5, 245, 7380, 90_061].map(duration), [
    '0:00',
    '0:05',
    '4:05',
    '2:03:00',
    '1 d 01:01:01',
  ]);
  assert.deepEqual([counted(1, 'source'), counted(2, 'source')], ['1 source', '2 sources']);
  const noon = new Date(2026, 10, 30, 12, 0, 5).getTime();
  assert.equal(clock(noon, noon + 1000), '12:00:05');
  assert.equal(clock(noon, noon + 86_400_000), '2026-11-30 12:00:05');
});

test('headroom is fine, near, or none', () => {
  assert.deepEqual(headroomOf(7, 10), { used: 0.7, level: 'fine', text: '7 of 10' });
  assert.equal(headroomOf(8, 10).level, 'near');
  assert.deepEqual([headroomOf(12, 10).level, headroomOf(12, 10).used], ['full', 1]);
  assert.deepEqual(headroomOf(7, 0), { used: null, level: 'fine', text: '7, no limit' });
});

function sample(time: number, admitted: number, refused = 0, revision = 1): Sample {
  const all = { open: 1, admitted, refused };
  return { time, wall: 1_000_000 + time, revision, all, policies: new Map([[7, all]]) };
}

test('a rate is of two samples, and none where Levee was started in between', () => {
  const counts = (admitted: number): Sample['all'] => ({ open: 0, admitted, refused: 0 });
  assert.deepEqual(ratesBetween(counts(10), counts(30), 2000), { admitted: 10, refused: 0 });
  assert.equal(ratesBetween(counts(10), counts(5), 1000), null);
  assert.equal(ratesBetween(undefined, counts(5), 1000), null);
  assert.equal(ratesBetween(counts(1), counts(5), 0), null);
  const samples = [
    sample(0, 0),
    sample(1000, 100),
    sample(2000, 110),
    sample(3000, 120),
    sample(4000, 130, 3, 2),
  ];
  assert.deepEqual(latestRates(samples, null), { admitted: 10, refused: 1 });
  assert.deepEqual(latestRates(samples, 7), { admitted: 10, refused: 1 });
  assert.equal(latestRates(samples, 8), null);
  assert.equal(latestRates([], null), null);
  assert.deepEqual(plotColumns(samples.slice(0, 2), null), {
    times: [1000, 1001],
    columns: [
      [1, 1],
      [null, 100],
      [null, 0],
    ],
  });
  assert.deepEqual(commitsIn(samples), [{ revision: 2, at: 1004 }]);
});

test('one source is one entry, whatever policies block it', () => {
  const report = (
    policy: string,
    source: string,
    blocked: number,
  ): Parameters<typeof blockedSources>[0][number] => ({
    policy,
    source,
    open: 0,
    elsewhere: 0,
    shadow: 0,
    silent: 0,
    peak: blocked,
    refused: 2,
    blocked,
  });
  const found = blockedSources([
    report('a', '::1', 5),
    report('b', '::1', 9),
    report('a', '::2', 7),
    report('a', '::3', 0),
  ]);
  assert.deepEqual(
    found.map(({ source, left, refused, under }) => [
      source,
      left,
      refused,
      under.map(({ policy }) => policy),
    ]),
    [
      ['::1', 9, 4, ['b', 'a']],
      ['::2', 7, 2, ['a']],
    ],
  );
});

test('a block of the past is of a rule, or of whoever else has blocked', () => {
  const episodes = [
    { action: 'Period_Block', rule: 'limit', attack: 'DoS Attack' },
    { action: 'Alert', rule: 'limit', attack: 'DoS Attack' },
    { action: 'Period_Block', rule: '', attack: 'Manual Block: an administrator has blocked the source' },
  ];
  assert.deepEqual(episodes.filter(isOfBlock).map(whyBlocked), [
    'limit',
    'Manual Block: an administrator has blocked the source',
  ]);
});

test('rows are in order, also while somebody points at one', () => {
  const rows = ['10.0.0.10', '10.0.0.9', '9.0.0.1'];
  const same = (row: string): string => row;
  assert.deepEqual(sorted(rows, same, 'ascending'), ['9.0.0.1', '10.0.0.9', '10.0.0.10']);
  assert.deepEqual(
    sorted(rows, ({ length }) => length, 'descending'),
    ['10.0.0.10', '10.0.0.9', '9.0.0.1'],
  );
  assert.deepEqual(inOrder(rows, same, ['9.0.0.1', 'gone', '10.0.0.10']), [
    '9.0.0.1',
    '10.0.0.10',
    '10.0.0.9',
  ]);
});

test('what verdicts take is told from the first bucket to the last that has some', () => {
  const verdicts = { bounds: [1, 2, 5], counts: [0, 4, 2, 1], total: 14_000 };
  assert.equal(meanOf(verdicts), 2);
  assert.deepEqual(bucketsOf(verdicts), [
    { label: 'to 2 µs', verdicts: 4, share: 1 },
    { label: 'to 5 µs', verdicts: 2, share: 0.5 },
    { label: 'over 5 µs', verdicts: 1, share: 0.25 },
  ]);
  assert.deepEqual(
    [meanOf({ ...verdicts, counts: [0, 0, 0, 0] }), bucketsOf({ ...verdicts, counts: [0] })],
    [null, []],
  );
});

/** No text that is called something holds a NUL. */
const named = codePoint.filter((character) => character !== '\0');

/** What the command line makes of lines: each verb, with the words behind it. */
function read(lines: readonly string[]): readonly string[] {
  return parse(`${lines.join('\n')}\n`).map((item) => (item.kind === 'statement' ? item.verb : item.problem));
}

test('lines say what they are meant to say, whatever things are called', () => {
  assert.equal(blockLine('web', '192.0.2.1', 600), 'diagnose policy period-blockip add "web" 192.0.2.1 600');
  assert.equal(
    liftLine('a "b"', '2001:db8::/64'),
    'diagnose policy period-blockip delete "a \\"b\\"" 2001:db8::/64',
  );
  assert.deepEqual(editLines('system global', 'x', { a: '1', b: null }).slice(2, 4), [
    '    set a 1',
    '    unset b',
  ]);
  assert.deepEqual(confirmedLines(['x'], 5), [
    'execute config-transaction start',
    'x',
    'execute config-transaction commit confirmed 5',
  ]);
  const place = { profile: 'P', list: 'L', isNew: true };
  const trust = ['config', 'edit', 'config', 'edit', 'set', 'set', 'next', 'end', 'next', 'end'];
  assert.deepEqual(read(trustLines('::1', { ...place, isNew: false }, null)), trust);
  assert.deepEqual(read(trustLines('::1', place, null)), [...trust, 'config', 'edit', 'set', 'next', 'end']);
  assert.ok(
    trustLines('::1', place, Date.parse('2026-11-30T12:00:01Z')).includes(
      '        set expires 2026-11-30T12:01:00Z',
    ),
  );
  fc.assert(
    fc.property(fc.string({ unit: named, minLength: 1, maxLength: 70 }), (name) => {
      assert.deepEqual(read([blockLine(name, '::1', 5), liftLine(name, name)]), ['diagnose', 'diagnose']);
      assert.deepEqual(read(trustLines(name, { profile: name, list: name, isNew: true }, 0)).length, 16);
    }),
    { numRuns: 100 },
  );
});
