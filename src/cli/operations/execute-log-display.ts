import type { Word } from '../../../grammar/word.ts';
import type { LogLine, LogRecords } from '../../system/log-access.ts';
import { messageOf } from '../../text/reason.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { logNamed, logSuggestions, mayBeShown } from '../operands/log.ts';
import { shortRecords } from '../printing/records.ts';
import { choices, hint } from '../typing/suggestion.ts';
import { after, resolveWord } from '../words/resolve.ts';

const most = 100_000;
const usual = 100;

export default {
  verb: 'execute',
  words: ['log', 'display'],
  alsoCalled: ['logs'],
  parameters: `[<log>] [lines <1-${most}>]`,
  help: 'Show the newest records of a log that the filter of this session lets through',
  requires: { area: 'loggrp', access: 'r' },
  api: 'reads',
  suggest(position, words) {
    const last = words.at(-1);
    if (last !== undefined && last.text !== '' && 'lines'.startsWith(last.text)) {
      return [hint(`<1-${most}>`, `Records to show (default ${usual})`)];
    }
    const lines = choices({ lines: 'How many records to show follows' });
    if (words.length === 0) return [...logSuggestions(position), ...lines];
    return words.length === 1 ? lines : [];
  },
  async run(context, parameters): Promise<Faults> {
    const { records } = await context.kept();
    const reading = readParameters(parameters, records);
    if ('faults' in reading) return reading.faults;
    const { logFilter, model, print } = context;
    const { signal } = context.client;
    try {
      const matches = (fields: LogLine['fields']): boolean =>
        logFilter.matches(fields) && mayBeShown(model, fields);
      const found = await records.newest(reading.kind, reading.count, matches, signal);
      const nothing = `the ${reading.kind} log has no record${logFilter.isEmpty ? '' : ' that the filter lets through'}`;
      const lines = found.map(({ line }) => line);
      const data = (): unknown => found.map(({ fields }) => fields);
      if (lines.length === 0) print({ lines: [nothing], data });
      else print({ lines, screen: shortRecords(found, records.columns(reading.kind)), data });
      return done;
    } catch (error) {
      const reason = messageOf(error);
      return [{ error: 'operation-failed', word: reason, expected: 'log files that can be read' }];
    }
  },
} satisfies Operation;

type Reading = { readonly kind: string; readonly count: number } | { readonly faults: Faults };

function readParameters(parameters: readonly Word[], records: LogRecords): Reading {
  const named = logNamed(parameters, records, ['lines']);
  if ('faults' in named) return named;
  const { kind, rest } = named;
  const [keyword, count, extra] = rest;
  if (keyword === undefined) return { kind, count: usual };
  const resolved = resolveWord(keyword, ['lines'], '"lines" and a number, or the end of the line');
  if ('fault' in resolved) return { faults: [resolved.fault] };
  const expected = `an integer from 1 to ${most}`;
  if (count === undefined) {
    return { faults: [{ error: 'incomplete', word: '', span: after(keyword), expected }] };
  }
  const { text, span } = count;
  const number = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > most) {
    return { faults: [{ error: 'invalid-value', word: text, span, expected }] };
  }
  return extra === undefined ? { kind, count: number } : { faults: [superfluous(extra)] };
}
