import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { families } from '../../src/metrics/families.ts';
import { freePort } from '../network/ports.ts';
import { until } from '../running/condition.ts';
import { newState, policyText } from '../running/levee.ts';
import { promtool, withPromtool } from './promtool.ts';
import { hostileNames, startMeasured, valuesIn } from './running.ts';

test('the numbers of a running Levee can be read by programs, whatever its policies are called', async (context) => {
  const state = await startMeasured(context);
  const { status, stdout, stderr } = await state.here(['-c', 'get system metrics top-sources 20']);
  assert.deepEqual([status, stderr], [0, '']);
  const values = valuesIn(stdout);
  const expected: Readonly<Record<string, number>> = {
    levee_live: 1,
    levee_ready: 1,
    'levee_connections{policy="web"}': 2,
    'levee_connections_accepted_total{policy="web"}': 2,
    'levee_connections_refused_total{policy="web",reason="threshold"}': 1,
    'levee_connections_refused_total{policy="web",reason="block"}': 0,
    'levee_source_threshold{policy="web"}': 2,
    'levee_source_connections_max{policy="web"}': 2,
    levee_sources_table_used: 1,
    levee_confirm_deadline_seconds: 0,
    levee_cluster_degraded: 1,
    levee_cluster_peers: 0,
    levee_verdict_seconds_count: 3,
    'levee_top_source_connections{policy="web",source="127.0.0.1"}': 2,
    'levee_connections{policy="a\\"b\\\\c"}': 0,
  };
  for (const [name, value] of Object.entries(expected)) assert.equal(values.get(name), value, name);
  const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');
  for (const { name } of families) {
    // There is no other node.
    if (name !== 'levee_cluster_view_age_seconds') assert.match(stdout, new RegExp(`^# TYPE ${name} `, 'm'));
    assert.ok(page.includes(`\`${name}\``), `${name} is in docs/metrics.md`);
  }
  assert.equal(
    [...values.keys()].filter((key) => key.startsWith('levee_blocks{')).length,
    hostileNames.length,
  );

  const one = await state.here(['-c', 'get system metrics "web"']);
  const named = [...valuesIn(one.stdout).keys()].filter((key) => key.includes('policy='));
  assert.ok(named.length > 0 && named.every((key) => key.includes('policy="web"')));
  assert.equal(valuesIn(one.stdout).has('levee_sources_table_size'), true);
  assert.doesNotMatch(one.stdout, /levee_top_source/);

  const health = await state.here(['-c', 'get system health']);
  assert.deepEqual([health.status, health.stderr], [0, '']);
  assert.match(health.stdout, /^\[\+\]main ok: seen \d+ ms ago\n\[\+\]worker-1 ok: /);

  await context.test('promtool finds no fault', withPromtool, () => {
    assert.equal(promtool(['check', 'metrics'], stdout), null);
  });
});

test('a listener that is not bound makes it not ready, and the command fails', async (context) => {
  const state = newState(context);
  const taken = createServer().listen(0, '127.0.0.1');
  context.after(() => taken.close());
  await once(taken, 'listening');
  const address = taken.address();
  assert.ok(address !== null && typeof address === 'object');
  const { port } = address;
  await state.here([], policyText(port, await freePort(), 2));
  await state.daemonHere();
  const { status, stdout, stderr } = await state.here(['-c', 'get system health']);
  assert.equal(status, 1);
  assert.ok(stdout.includes(`[-]listeners failed: not bound: 127.0.0.1:${port}\n`), stdout);
  assert.ok(stderr.includes(`listeners: not bound: 127.0.0.1:${port}`), stderr);
  const measured = async () => valuesIn((await state.here(['-c', 'get system metrics'])).stdout);
  // A busy machine may have kept it from a beat for a second.
  await until('it is live', async () => (await measured()).get('levee_live') === 1);
  const values = await measured();
  assert.equal(values.get('levee_ready'), 0);
  assert.equal(values.get(`levee_listener_up{policy="web",listener="127.0.0.1:${port}"}`), 0);
});
