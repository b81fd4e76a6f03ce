import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allHold, checkLine, liveness, readiness } from '../../src/metrics/health.ts';
import type { Health } from '../../src/system/reports/measurements.ts';

const well: Health = {
  beats: { main: 12, workers: [0, 1000] },
  revision: 7,
  storedRevision: 7,
  failedListeners: [],
  stopping: false,
};

function failing(health: Health): readonly string[] {
  return [...liveness(health), ...readiness(health)].filter(({ holds }) => !holds).map(checkLine);
}

test('what lives and is ready says so, a line for each check', () => {
  assert.ok(allHold(liveness(well)) && allHold(readiness(well)));
  assert.deepEqual([...liveness(well), ...readiness(well)].map(checkLine), [
    '[+]main ok: seen 12 ms ago',
    '[+]worker-1 ok: seen 0 ms ago',
    '[+]worker-2 ok: seen 1000 ms ago',
    '[+]revision ok: 7',
    '[+]listeners ok: all are bound',
    '[+]staying ok: it is not about to end',
  ]);
});

test('each thing that must hold can fail, and says why', () => {
  const cases: readonly [Partial<Health>, string][] = [
    [{ beats: { main: 1001, workers: [] } }, '[-]main failed: seen 1001 ms ago'],
    [{ beats: { main: 0, workers: [0, 5000] } }, '[-]worker-2 failed: seen 5000 ms ago'],
    [
      { beats: { main: 0, workers: [null] } },
      '[-]worker-1 failed: it has ended, and is about to be replaced',
    ],
    [{ revision: null }, '[-]revision failed: none runs, 7 is stored'],
    [{ storedRevision: 8 }, '[-]revision failed: 7 runs, 8 is stored'],
    [
      { failedListeners: ['192.0.2.1:80', 'eth7:81'] },
      '[-]listeners failed: not bound: 192.0.2.1:80, eth7:81',
    ],
    [{ stopping: true }, '[-]staying failed: it is about to end'],
  ];
  for (const [change, line] of cases) assert.deepEqual(failing({ ...well, ...change }), [line]);
});
