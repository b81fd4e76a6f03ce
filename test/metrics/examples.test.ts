import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promtool, withPromtool } from './promtool.ts';
import { startMeasured, valuesIn } from './running.ts';

const folder = new URL('../../examples/', import.meta.url);
const dashboard = readFileSync(new URL('grafana/levee.json', folder), 'utf8');
const rulesFile = fileURLToPath(new URL('prometheus/levee-rules.yml', folder));

/** Every query of the dashboard, by the title of its panel, as Grafana sends it while all is chosen. */
function queriesOf(text: string): Map<string, string> {
  const { panels, annotations, templating } = JSON.parse(text);
  const found = new Map<string, string>();
  for (const { title, targets } of panels)
    for (const { refId, expr } of targets) found.set(`${title} ${refId}`, expr);
  for (const { name, expr } of annotations.list) found.set(name, expr);
  for (const { name, query } of templating.list) {
    const asked = /^label_values\((.*), (\w+)\)$/.exec(query);
    if (asked !== null) found.set(`$${name}`, `count by (${asked[2]}) (${asked[1]})`);
  }
  const filled = [...found].map(([title, expr]): [string, string] => [
    title,
    expr.replaceAll(/\$(instance|policy)\b/g, '.*').replaceAll('$__rate_interval', '1m'),
  ]);
  return new Map(filled);
}

/** The expressions of the rules: each is a line of its own. */
function alertsOf(text: string): ReadonlyMap<string, string> {
  const found = text.matchAll(/- alert: (\w+)\n +expr: (.+)\n/g);
  return new Map([...found].map(([, name = '', expr = '']) => [name, expr]));
}

const alerts = alertsOf(readFileSync(rulesFile, 'utf8'));

/** What has to become of a number that Levee gives for the alert to fire: values of one minute after another. */
const faults: Readonly<Record<string, readonly [series: string, values: string]>> = {
  LeveeNotLive: ['levee_live', '0x20'],
  LeveeNotReady: ['levee_ready', '0x20'],
  LeveeListenerDown: ['levee_listener_up{policy="web",', '0x20'],
  LeveeMemberDown: ['levee_member_up{policy="web",', '0x20'],
  LeveeConfirmationPending: ['levee_confirm_deadline_seconds', '600x20'],
  LeveeHeadroomLow: ['levee_source_connections_max{policy="web"}', '2x20'],
  LeveeRefusing: ['levee_connections_refused_total{policy="web",reason="silent"}', '0+120x20'],
  LeveeSourcesTableFilling: ['levee_sources_table_used', '1000000x20'],
  LeveeSourcesTableFull: ['levee_sources_table_full_total', '0+1x20'],
  LeveeDescriptorsShort: ['levee_descriptors_used', '1000000000x20'],
  LeveeKernelFailing: ['levee_kernel_failing', '1x20'],
  LeveeKernelDrift: ['levee_kernel_drift_total', '0+1x20'],
  LeveeClusterDegraded: ['levee_cluster_degraded', '1x20'],
  LeveeConfigurationBehind: ['levee_cluster_configuration_behind', '1x20'],
  LeveeWorkerRestarted: ['levee_worker_restarts_total', '0+1x20'],
  LeveeLogRecordsLost: ['levee_log_dropped_total', '0+1x20'],
  LeveeGone: ['levee_build_info', '_x20'],
};

/** The series of a Levee that is well, as promtool takes them: nobody holds what is near to a threshold. */
function seriesOf(values: ReadonlyMap<string, number>): Map<string, string> {
  const series = new Map([...values].map(([name, value]) => [name, `${value}x20`]));
  series.set('levee_source_connections_max{policy="web"}', '1x20');
  // A node that reaches the store, and another one.
  series.set('levee_cluster_degraded', '0x20');
  return series.set('levee_cluster_view_age_seconds{peer="edge-2"}', '1x20');
}

/** A test of promtool: which alerts fire after a quarter of an hour, and that these expressions find something. */
function ruleTest(
  series: ReadonlyMap<string, string>,
  firing: string | null,
  found: readonly string[] = [],
): object {
  const at = { eval_time: '15m' };
  return {
    interval: '1m',
    input_series: [...series].map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        ...at,
        expr: 'count by (alertname) (ALERTS{alertstate="firing"})',
        exp_samples: firing === null ? [] : [{ labels: `{alertname="${firing}"}`, value: 1 }],
      },
      ...found.map((expression) => ({
        ...at,
        expr: `count(${expression}) > bool 0`,
        exp_samples: [{ labels: '{}', value: 1 }],
      })),
    ],
  };
}

test('the dashboard and the rules ask for what a running Levee says', withPromtool, async (context) => {
  const state = await startMeasured(context);
  const well = seriesOf(valuesIn((await state.here(['-c', 'get system metrics'])).stdout));

  const queries = queriesOf(dashboard);
  assert.ok(queries.size > 25);
  const commits = queries.get('Commits') ?? '';
  queries.delete('Commits');
  const compared = [...alerts.values()].flatMap((expression) => expression.match(/levee_\w+/g) ?? []);
  assert.deepEqual(Object.keys(faults).toSorted(), [...alerts.keys()].toSorted());
  const firing = Object.entries(faults).map(([alert, [prefix, values]]) => {
    const name = [...well.keys()].find((each) => each.startsWith(prefix));
    assert.ok(name, `Levee says ${prefix}`);
    return ruleTest(new Map(well).set(name, values), alert);
  });
  const committed = ruleTest(new Map(well).set('levee_config_revision', '7x14 8x5'), null, [commits]);
  const tests = [ruleTest(well, null, [...queries.values(), ...compared]), committed, ...firing];

  const place = mkdtempSync(join(tmpdir(), 'levee-promtool-'));
  context.after(() => rmSync(place, { recursive: true }));
  const file = join(place, 'rules.test.yml');
  // JSON is YAML.
  writeFileSync(file, JSON.stringify({ rule_files: [rulesFile], evaluation_interval: '1m', tests }));
  assert.equal(promtool(['check', 'rules', rulesFile]), null);
  assert.equal(promtool(['test', 'rules', file]), null);
});
