import { addressOf, formatAddress, isIPv4 } from '../../net/address.ts';
import type { EpisodeSummary } from '../../system/reports/attack-episodes.ts';

/** By what episodes are put together. */
export const groupings = ['source', 'network', 'policy', 'hour'] as const;

export type Grouping = (typeof groupings)[number];

/** Episodes of one source, network, policy or hour; sums are exact. */
export type AttackGroup = {
  readonly name: string;
  /** The newest first. */
  readonly episodes: readonly EpisodeSummary[];
  readonly violations: number;
  readonly wouldRefuse: number;
  readonly peak: number;
  readonly last: string;
  /** One of them has no end yet. */
  readonly goesOn: boolean;
};

/** Groups with the most violations first; the hours by time, the newest first. */
export function attackGroups(episodes: readonly EpisodeSummary[], by: Grouping): readonly AttackGroup[] {
  const groups = [...Map.groupBy(episodes, (episode) => groupName(episode, by))].map(groupOf);
  if (by === 'hour') return groups.sort((one, other) => (one.name < other.name ? 1 : -1));
  return groups.sort((one, other) => other.violations - one.violations || (one.name < other.name ? -1 : 1));
}

function groupOf([name, episodes]: [string, readonly EpisodeSummary[]]): AttackGroup {
  const sum = (value: (episode: EpisodeSummary) => number): number =>
    episodes.reduce((all, episode) => all + value(episode), 0);
  return {
    name,
    episodes: episodes.toReversed(),
    violations: sum(({ violations }) => violations),
    wouldRefuse: sum(({ wouldRefuse }) => wouldRefuse),
    peak: episodes.reduce((most, { peak }) => Math.max(most, peak), 0),
    last:
      episodes
        .map(({ last }) => last)
        .sort()
        .at(-1) ?? '',
    goesOn: episodes.some(goesOn),
  };
}

function groupName(episode: EpisodeSummary, by: Grouping): string {
  switch (by) {
    case 'source':
      return sourceName(episode);
    case 'network':
      return episode.source === '' ? sourceName(episode) : networkOf(episode.source);
    case 'policy':
      return episode.policy;
    case 'hour':
      return `${episode.first.slice(0, 13)}:00`;
  }
}

/** Whether its end is not in the log: it goes on, or was cut off. */
export function goesOn({ phase, isShared }: EpisodeSummary): boolean {
  return phase !== 'end' && !isShared;
}

/** What stands in the place of a source where there are many. */
export function sourceName({ source, attack, isShared }: EpisodeSummary): string {
  if (source !== '') return source;
  return isShared ? 'sources without a line of their own' : attack;
}

/** What a source is probably one of many of: a /24 of IPv4, a /48 of IPv6. */
export function networkOf(source: string): string {
  const [host = '', length] = source.split('/');
  const address = addressOf(host);
  if (address === null) return source;
  const bits = isIPv4(address) ? 24 : 48;
  if (length !== undefined && Number(length) <= bits) return source;
  if (bits === 24) address[3] = (address[3] ?? 0) & 0xffff_ff00;
  else address.set([address[0] ?? 0, (address[1] ?? 0) & 0xffff_0000, 0, 0]);
  return `${formatAddress(address)}/${bits}`;
}
