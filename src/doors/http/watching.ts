import { expositionType } from '../../metrics/exposition.ts';
import { mostTopSources } from '../../metrics/families.ts';
import { allHold, type Check, checkLine, liveness, notRunning, readiness } from '../../metrics/health.ts';
import { type MetricsOrder, metricsLines, readMetrics } from '../../metrics/metrics.ts';
import type { Health } from '../../system/reports/measurements.ts';
import type { System } from '../../system/system.ts';
import { type Asked, plain, Refusal, type Reply, type Route, type Routes } from './exchange.ts';
import { SharedAnswers } from './shared-answers.ts';

/** What is watched. */
export type Watched = {
  /** Undefined: the enforcer does not run. */
  readonly system: () => System | undefined;
  readonly policyNamed: (name: string) => MetricsOrder['policy'] | undefined;
};

/** What programs ask that watch Levee, or choose where connections go. */
export function watchingRoutes(watched: Watched): Routes {
  const readings = new SharedAnswers<string>();
  return new Map<string, Route>([
    ['/metrics', { GET: (asked) => metrics(watched, readings, asked) }],
    ['/healthz', { GET: (asked) => health(watched, asked, liveness) }],
    ['/readyz', { GET: (asked) => health(watched, asked, readiness) }],
  ]);
}

async function metrics(
  { system, policyNamed }: Watched,
  readings: SharedAnswers<string>,
  { query }: Asked,
): Promise<Reply> {
  refuseOthers(query, ['policy', 'top-sources']);
  const running = system();
  if (running === undefined) return plain(503, checkLine(notRunning));
  const name = query.get('policy');
  const policy = name === null ? null : policyNamed(name);
  if (policy === undefined) throw new Refusal(404, 'there is no policy of this name');
  const count = query.get('top-sources') ?? '0';
  const topSources = /^\d{1,4}$/.test(count) ? Number(count) : -1;
  if (topSources < 0 || topSources > mostTopSources)
    throw new Refusal(400, `top-sources is a number from 0 to ${mostTopSources}`);
  const body = await readings.get(`${policy} ${topSources}`, async () => {
    const lines = metricsLines(await readMetrics(running, { policy, topSources }));
    return `${[...lines].join('\n')}\n`;
  });
  return { status: 200, type: expositionType, body };
}

function health(
  { system }: Watched,
  { query }: Asked,
  checksOf: (health: Health) => readonly Check[],
): Reply {
  refuseOthers(query, ['verbose']);
  const running = system();
  const checks = running === undefined ? [notRunning] : checksOf(running.health());
  const holds = allHold(checks);
  const lines = query.has('verbose') ? checks.map(checkLine) : [];
  return plain(holds ? 200 : 503, [...lines, holds ? 'ok' : 'failed'].join('\n'));
}

/** A word that is mistyped would be an answer to another question. */
function refuseOthers(query: URLSearchParams, known: readonly string[]): void {
  const [other] = [...query.keys()].filter((key) => !known.includes(key));
  if (other !== undefined) throw new Refusal(400, `${known.join(' and ')} can be asked for here`);
}
