import { canonicalRange } from '../../../schemas/kinds/addresses/address-range.ts';
import { type AddressBounds, addressBounds, isWithin } from '../../net/address-bounds.ts';
import type { LogLine } from '../../system/log-access.ts';
import {
  attackEpisodes,
  type EpisodeSummary,
  type EpisodesReport,
  episodesReport,
} from '../../system/reports/attack-episodes.ts';
import { counted } from '../../text/plural.ts';
import { messageOf } from '../../text/reason.ts';
import { done, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { type Keyword, readKeywords, suggestKeywords } from '../operands/keyword-values.ts';
import { policySuggestions } from '../operands/policy.ts';
import { isInTime, recordSearch } from '../operands/record-search.ts';
import { longColumns } from '../printing/columns.ts';
import { shortRecords } from '../printing/records.ts';

/** Records of the log that are put together. */
const usual = 10_000;

const keywords = {
  policy: {
    help: 'The policy that was attacked follows',
    expected: 'the name of a policy',
    isValid: (text) => text !== '',
  },
  source: {
    help: 'Where the attacks came from follows',
    expected: 'an address, a prefix such as 192.0.2.0/24, or a range of addresses a-b',
    isValid: (text) => canonicalRange(text) !== undefined,
  },
  ...recordSearch,
  record: {
    help: 'The number of one of its records follows: show all records of that episode',
    expected: 'the msg_id of a record of the attack log',
    isValid: (text) => /^\d{1,15}$/.test(text),
  },
} satisfies Readonly<Record<string, Keyword>>;

export default {
  verb: 'execute',
  words: ['log', 'episodes'],
  parameters:
    '[policy "<policy>"] [source <prefix>] [since <day>] [until <day>] [lines <1-100000>] [record <msg_id>]',
  help: 'Show attacks, a line for each episode with its sums, or the records of one',
  requires: { area: 'loggrp', access: 'r' },
  api: 'reads',
  suggest(position, given, prefix) {
    const last = given.at(-1)?.text;
    const isOfPolicy = given.length % 2 === 1 && last !== undefined && 'policy'.startsWith(last);
    const policies = isOfPolicy ? policySuggestions(position, prefix) : [];
    return policies.length > 0 ? policies : suggestKeywords(given, keywords);
  },
  async run({ kept, client, print }, parameters): Promise<Faults> {
    const reading = readKeywords(parameters, keywords);
    if ('fault' in reading) return [reading.fault];
    const { values } = reading;
    const count = Number(values.get('lines') ?? usual);
    const [policy, since, until] = [values.get('policy'), values.get('since'), values.get('until')];
    const prefix = boundsOf(values.get('source'));
    const matches = (fields: LogLine['fields']): boolean =>
      (policy === undefined || fields['policy'] === policy) &&
      (prefix === undefined || isFrom(fields, prefix)) &&
      isInTime(fields, since, until);
    try {
      const { records } = await kept();
      const read = await records.newest('attack', count, matches, client.signal);
      const episodes = attackEpisodes(read);
      const record = values.get('record');
      if (record === undefined) {
        const report = episodesReport(episodes, read.length === count);
        print({ lines: lines(report), data: () => report });
        return done;
      }
      const found = episodes.find((each) =>
        each.records.some(({ fields }) => Number(fields['msg_id']) === Number(record)),
      );
      if (found === undefined)
        return [{ error: 'invalid-value', word: record, expected: keywords.record.expected }];
      print({
        lines: found.records.map(({ line }) => line),
        screen: shortRecords(found.records, records.columns('attack')),
        data: () => found.records.map(({ fields }) => fields),
      });
      return done;
    } catch (error) {
      return [{ error: 'operation-failed', word: messageOf(error), expected: 'log files that can be read' }];
    }
  },
} satisfies Operation;

function boundsOf(source: string | undefined): AddressBounds | undefined {
  const canonical = source === undefined ? undefined : canonicalRange(source);
  return canonical === undefined ? undefined : addressBounds(canonical);
}

function isFrom({ src, sources }: LogLine['fields'], prefix: AddressBounds): boolean {
  const canonical = sources === undefined ? canonicalRange(String(src)) : undefined;
  return canonical !== undefined && isWithin(addressBounds(canonical), prefix);
}

function* lines({ episodes, violations, records, isCut }: EpisodesReport): Generator<string | undefined> {
  if (episodes.length === 0) {
    yield 'the attack log has no such episode';
    return;
  }
  yield* longColumns(episodes, [
    { title: 'record', text: ({ id }) => Number(id) },
    { title: 'first', text: ({ first, isWhole }) => (isWhole ? first : `before ${first}`) },
    { title: 'last', text: ({ last }) => last },
    { title: 'source', text: sourceText },
    { title: 'policy', text: ({ policy }) => policy },
    { title: 'action', text: ({ action }) => action },
    { title: 'peak', text: ({ peak }) => peak },
    { title: 'threshold', text: ({ threshold }) => threshold },
    { title: 'violations', text: (episode) => episode.violations },
    { title: 'phase', text: ({ phase }) => phase },
  ]);
  const cut = isCut ? '; what is older was not read' : '';
  yield `${counted(violations, 'violation')} in ${counted(episodes.length, 'episode')}, of ${counted(records, 'record')}${cut}`;
}

function sourceText({ source, isShared, sources }: EpisodeSummary): string {
  if (source !== '') return source;
  return isShared ? counted(sources, 'more source') : '-';
}
