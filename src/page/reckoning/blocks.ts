import type { EpisodeSummary } from '../../system/reports/attack-episodes.ts';
import type { SourceReport } from '../../system/reports/source.ts';

/** A source that is blocked, under one policy or several. */
export type Blocked = {
  readonly source: string;
  /** The longest first. */
  readonly under: readonly SourceReport[];
  /** Seconds until the last of its blocks ends. */
  readonly left: number;
  readonly refused: number;
  /** The most that it held at once. */
  readonly peak: number;
};

/** One entry for each source over all policies, the longest block first. */
export function blockedSources(reports: readonly SourceReport[]): readonly Blocked[] {
  const sources = Map.groupBy(
    reports.filter(({ blocked }) => blocked > 0),
    ({ source }) => source,
  );
  return [...sources]
    .map(([source, under]) => ({
      source,
      under: under.sort((one, other) => other.blocked - one.blocked),
      left: Math.max(...under.map(({ blocked }) => blocked)),
      refused: under.reduce((sum, { refused }) => sum + refused, 0),
      peak: Math.max(...under.map(({ peak }) => peak)),
    }))
    .sort((one, other) => other.left - one.left);
}

/** Whether what the attack log tells was refused by a block, or has begun one. */
export function isOfBlock({ action }: Pick<EpisodeSummary, 'action'>): boolean {
  return action === 'Period_Block';
}

/** The rule that has blocked, or who else. */
export function whyBlocked({ rule, attack }: Pick<EpisodeSummary, 'rule' | 'attack'>): string {
  return rule === '' ? attack : rule;
}
