import type { PolicySnapshot } from '../../policy/snapshot.ts';
import type { AdviceReport } from '../../system/reports/advice.ts';
import { inTurns } from '../../time/time-slice.ts';
import { policyPeaks } from '../../verdict/upkeep/peaks.ts';
import type { SourceState } from '../../verdict/upkeep/source-state.ts';
import { listSources } from '../../verdict/upkeep/sources.ts';
import { adviseThreshold } from '../../verdict/upkeep/threshold-advice.ts';
import { Top } from '../../verdict/upkeep/top.ts';
import { sourceText } from './source-text.ts';

/** Sources that are there now and are named. */
const named = 10;

/** What the sources that have come to a policy advise; `now` on the clock of the sources table. */
export async function adviceOn(
  table: SharedArrayBuffer,
  { id, name, rule, monitorMode }: PolicySnapshot,
  now: number,
): Promise<AdviceReport> {
  const peaks = await inTurns(policyPeaks(table, id));
  const top = new Top<SourceState>(named);
  const isNamed = (source: SourceState): boolean =>
    source.policy === id && source.peak > 0 && top.takes(source.peak);
  const list = listSources(table, now, (source) => {
    if (isNamed(source)) top.add(source.peak, source);
  });
  await inTurns(list);
  const threshold = rule?.threshold ?? 0;
  const refuses = threshold > 0 && !monitorMode && rule?.action !== 'alert';
  const capped = refuses ? peaks.filter(({ peak }) => peak >= threshold) : [];
  return {
    ...adviseThreshold(peaks),
    policy: name,
    threshold: rule?.threshold ?? null,
    capped: capped.reduce((sum, { sources }) => sum + sources, 0),
    peaks,
    highest: top.inOrder().map((source) => ({ source: sourceText(source), peak: source.peak })),
  };
}
