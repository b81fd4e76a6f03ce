import type { RowId } from '../../schemas/content.ts';
import type { System } from '../system/system.ts';
import { expositionLines } from './exposition.ts';
import { families, type Reading } from './families.ts';

/** What somebody asks for. */
export type MetricsOrder = {
  /** Only these policies; null: all of them. */
  readonly policy: RowId | null;
  /** So many sources that hold most, each in a series of its own; 0 to `mostTopSources`. */
  readonly topSources: number;
};

/** Takes all numbers of a running Levee. */
export async function readMetrics(system: System, { policy, topSources }: MetricsOrder): Promise<Reading> {
  const top = topSources === 0 ? [] : await system.sources(policy, topSources, 'open');
  return { ...(await system.measure(policy)), topSources: top };
}

/** The lines of the Prometheus text format, without their ends. */
export function metricsLines(reading: Reading): Iterable<string> {
  return expositionLines(families, reading);
}
