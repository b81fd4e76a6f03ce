import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogLine } from '../../src/system/log-access.ts';
import { attackEpisodes } from '../../src/system/reports/attack-episodes.ts';
import fc from '../property.ts';

let number = 0;

function record(fields: LogLine['fields']): LogLine {
  number += 1;
  const id = String(number).padStart(12, '0');
  return {
    line: '',
    fields: {
      date: '2026-11-20',
      time: '10:00:00',
      msg_id: id,
      policy: 'web',
      src: '192.0.2.1',
      sub_type: 'TCP Flood Prevention',
      phase: 'summary',
      threshold: 10,
      peak: 10,
      count: 1,
      would_refuse: 0,
      ...fields,
    },
  };
}

test('records between a start and an end are one episode, with the sums of all', () => {
  const [first, second, ...more] = attackEpisodes([
    record({ phase: 'start', time: '10:00:01' }),
    record({ phase: 'summary', count: 40, would_refuse: 39, peak: 12, kernel_refused: 7 }),
    record({ phase: 'start', src: '192.0.2.2' }),
    record({ phase: 'end', count: 2, time: '10:00:09', threshold: 8 }),
  ]);
  assert.deepEqual(more, []);
  assert.deepEqual(
    [first?.violations, first?.wouldRefuse, first?.kernelRefused, first?.peak, first?.threshold],
    [43, 39, 7, 12, 8],
  );
  assert.deepEqual(
    [first?.first, first?.last, first?.phase, first?.isWhole, first?.records.length],
    ['2026-11-20 10:00:01', '2026-11-20 10:00:09', 'end', true, 3],
  );
  assert.deepEqual([second?.source, second?.phase, second?.violations], ['192.0.2.2', 'start', 1]);
});

test('what began before the records, was cut off, or shares a line stands by itself', () => {
  const episodes = attackEpisodes([
    record({ phase: 'end' }),
    record({ phase: 'start' }),
    record({ phase: 'start' }),
    record({ src: '0.0.0.0', sources: 12, count: 300 }),
    record({ src: '0.0.0.0', sub_type: 'SYN Flood Prevention', phase: 'start' }),
    record({ phase: 'end', policy: 'mail' }),
  ]);
  assert.deepEqual(
    episodes.map(({ policy, source, sources, isWhole, phase }) => [policy, source, sources, isWhole, phase]),
    [
      ['web', '192.0.2.1', 1, false, 'end'],
      ['web', '192.0.2.1', 1, true, 'start'],
      ['web', '192.0.2.1', 1, true, 'start'],
      ['web', '', 12, true, 'summary'],
      ['web', '', 1, true, 'start'],
      ['mail', '192.0.2.1', 1, false, 'end'],
    ],
  );
});

test('every record is in one episode, and sums are exact', () => {
  const records = fc.array(
    fc.record({
      policy: fc.constantFrom('a', 'b'),
      src: fc.constantFrom('192.0.2.1', '2001:db8::/64'),
      phase: fc.constantFrom('start', 'summary', 'end'),
      count: fc.nat(1000),
    }),
    { maxLength: 30 },
  );
  const eachOnce = fc.property(records, (fields) => {
    const lines = fields.map(record);
    const episodes = attackEpisodes(lines);
    const put = episodes.flatMap(({ records: own }) => own);
    assert.equal(put.length, lines.length);
    assert.deepEqual(new Set(put), new Set(lines));
    const sum = fields.reduce((all, { count }) => all + count, 0);
    assert.equal(
      episodes.reduce((all, { violations }) => all + violations, 0),
      sum,
    );
  });
  fc.assert(eachOnce);
});
