import assert from 'node:assert/strict';
import { afterEach, suite, test } from 'node:test';
import { logTime } from '../../src/time/log-time.ts';

const zone = process.env['TZ'];

suite('the time of a log line', () => {
  afterEach(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });

  const moment = Date.UTC(2026, 10, 20, 23, 5, 9, 999);
  for (const [name, date, time, expected] of [
    ['UTC', '2026-11-20', '23:05:09', '(GMT+0:00)'],
    ['Europe/Berlin', '2026-11-21', '00:05:09', '(GMT+1:00)'],
    ['Asia/Kolkata', '2026-11-21', '04:35:09', '(GMT+5:30)'],
    ['America/St_Johns', '2026-11-20', '19:35:09', '(GMT-3:30)'],
    ['America/New_York', '2026-11-20', '18:05:09', '(GMT-5:00)'],
    ['Pacific/Kiritimati', '2026-11-21', '13:05:09', '(GMT+14:00)'],
  ] as const) {
    test(`in ${name}`, () => {
      process.env['TZ'] = name;
      assert.deepEqual(logTime(moment), { date, time, zone: expected });
    });
  }

  test('follows the change to summer time', () => {
    process.env['TZ'] = 'Europe/Berlin';
    assert.deepEqual(logTime(Date.UTC(2026, 6, 1, 0, 0, 0)), {
      date: '2026-07-01',
      time: '02:00:00',
      zone: '(GMT+2:00)',
    });
  });
});
