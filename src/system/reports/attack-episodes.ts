import type { LogLine } from '../log-access.ts';

/** What the attack log says of one episode, or of all sources that had no line of their own in an interval. */
export type AttackEpisode = {
  /** The `msg_id` of the first of its records that were read. */
  readonly id: string;
  readonly policy: string;
  /** An address or a prefix; '' where there are many. */
  readonly source: string;
  /** It is no episode of one, but what all had that had no line left in one interval: they share a record. */
  readonly isShared: boolean;
  /** How many: those that share it, else one. */
  readonly sources: number;
  readonly attack: string;
  readonly rule: string;
  readonly action: string;
  /** Date and time, as the log has them, of its first record that was read, and of its last. */
  readonly first: string;
  readonly last: string;
  /** The phase of its last record: without `end` it goes on, or was cut off. */
  readonly phase: string;
  /** Its beginning is among what was read. */
  readonly isWhole: boolean;
  readonly threshold: number;
  readonly peak: number;
  /** Violations; the sum over episodes is that over their records. */
  readonly violations: number;
  readonly wouldRefuse: number;
  /** Packets that the kernel has refused; in no other number. */
  readonly kernelRefused: number;
  readonly records: readonly LogLine[];
};

/** The same without its records, but how many there are. */
export type EpisodeSummary = Omit<AttackEpisode, 'records'> & { readonly records: number };

/** Sums over all episodes. `isCut`: older records were left out. */
export type EpisodesReport = {
  readonly violations: number;
  readonly records: number;
  readonly isCut: boolean;
  readonly episodes: readonly EpisodeSummary[];
};

/** Records of the attack log, the oldest first, put together to episodes in the order in which these began. */
export function attackEpisodes(records: readonly LogLine[]): readonly AttackEpisode[] {
  const episodes: LogLine[][] = [];
  const running = new Map<string, LogLine[]>();
  for (const record of records) {
    const { policy, src, sub_type: type, phase, sources } = record.fields;
    if (sources !== undefined) {
      episodes.push([record]);
      continue;
    }
    const key = JSON.stringify([policy, src, type]);
    const known = running.get(key);
    if (known === undefined || phase === 'start') {
      const begun = [record];
      episodes.push(begun);
      running.set(key, begun);
    } else {
      known.push(record);
    }
    if (phase === 'end') running.delete(key);
  }
  return episodes.map(episodeOf);
}

/** For whoever wants no records. */
export function episodesReport(episodes: readonly AttackEpisode[], isCut: boolean): EpisodesReport {
  return {
    violations: episodes.reduce((sum, { violations }) => sum + violations, 0),
    records: episodes.reduce((sum, { records }) => sum + records.length, 0),
    isCut,
    episodes: episodes.map(({ records, ...episode }) => ({ ...episode, records: records.length })),
  };
}

/** Of one record at least. */
function episodeOf(records: readonly LogLine[]): AttackEpisode {
  const first = records[0]?.fields ?? {};
  const last = records.at(-1)?.fields ?? {};
  const sum = (key: string): number => records.reduce((all, { fields }) => all + Number(fields[key] ?? 0), 0);
  const isShared = last['sources'] !== undefined;
  return {
    id: String(first['msg_id']),
    policy: String(last['policy']),
    source: isShared || last['src'] === '0.0.0.0' ? '' : String(last['src']),
    isShared,
    sources: Number(last['sources'] ?? 1),
    attack: String(last['msg']),
    rule: String(last['rule']),
    action: String(last['action']),
    first: `${first['date']} ${first['time']}`,
    last: `${last['date']} ${last['time']}`,
    phase: String(last['phase']),
    isWhole: isShared || first['phase'] === 'start',
    threshold: Number(last['threshold']),
    peak: records.reduce((most, { fields }) => Math.max(most, Number(fields['peak'])), 0),
    violations: sum('count'),
    wouldRefuse: sum('would_refuse'),
    kernelRefused: sum('kernel_refused'),
    records,
  };
}
