import type { Word } from '../../../grammar/word.ts';
import type { LogLine } from '../../system/log-access.ts';
import { messageOf } from '../../text/reason.ts';
import { done, type Fault, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { mayBeShown } from '../operands/log.ts';
import { choices, hint } from '../typing/suggestion.ts';
import { after, resolveWord } from '../words/resolve.ts';

const most = 100_000;
const usual = 100;

const keywords = {
  user: 'Who has made the change follows',
  from: 'What stands where it was made from follows: a door, an address, a file',
  path: 'The table follows, or what its path begins with, in quotes',
  since: 'The first day follows, and a time of it in the same quotes',
  until: 'The last day follows, and a time of it in the same quotes',
  lines: 'How many of the newest follows',
} as const;

type Keyword = keyof typeof keywords;

const names: readonly Keyword[] = ['user', 'from', 'path', 'since', 'until', 'lines'];

const expected: Readonly<Record<Keyword, string>> = {
  user: 'the name of an administrator',
  from: 'a door such as ssh, an address, or console',
  path: 'the path of a table, such as "system admin"',
  since: 'a day such as 2026-11-20, or "2026-11-20 08:00"',
  until: 'a day such as 2026-11-20, or "2026-11-20 17:30"',
  lines: `an integer from 1 to ${most}`,
};

export default {
  verb: 'execute',
  words: ['log', 'audit'],
  parameters: `[user <name>] [from <place>] [path "<path>"] [since <day>] [until <day>] [lines <1-${most}>]`,
  help: 'Show who has changed what in the configuration: field, before, after, from where',
  requires: { area: 'loggrp', access: 'r' },
  api: 'reads',
  suggest(_position, given) {
    const last = given.at(-1);
    if (last !== undefined && given.length % 2 === 1) {
      const keyword = names.find((name) => name.startsWith(last.text));
      return keyword === undefined ? [] : [hint(`<${keyword}>`, expected[keyword])];
    }
    const used = new Set(given.filter((_, index) => index % 2 === 0).map(({ text }) => text));
    return choices(Object.fromEntries(Object.entries(keywords).filter(([name]) => !used.has(name))));
  },
  async run(context, parameters): Promise<Faults> {
    const reading = readParameters(parameters);
    if ('fault' in reading) return [reading.fault];
    const { wanted } = reading;
    const { model, client, print } = context;
    const matches = (fields: LogLine['fields']): boolean => fits(fields, wanted) && mayBeShown(model, fields);
    try {
      const { records } = await context.kept();
      const count = Number(wanted.get('lines') ?? usual);
      const found = await records.newest('event', count, matches, client.signal);
      const lines = found.map(({ fields }) => text(fields));
      print({
        lines: lines.length === 0 ? ['the event log has no such change'] : lines,
        data: () => found.map(({ fields }) => fields),
      });
      return done;
    } catch (error) {
      return [{ error: 'operation-failed', word: messageOf(error), expected: 'log files that can be read' }];
    }
  },
} satisfies Operation;

type Wanted = ReadonlyMap<Keyword, string>;

function readParameters(
  parameters: readonly Word[],
): { readonly wanted: Wanted } | { readonly fault: Fault } {
  const wanted = new Map<Keyword, string>();
  for (let index = 0; index < parameters.length; index += 2) {
    const [word, value] = parameters.slice(index, index + 2);
    if (word === undefined) break;
    const left = names.filter((name) => !wanted.has(name));
    const resolved = resolveWord(
      word,
      left,
      left.length === 0 ? 'the end of the line' : `one of ${left.join(', ')}`,
    );
    if ('fault' in resolved) return resolved;
    const keyword = left.find((name) => name === resolved.found);
    if (keyword === undefined) break;
    if (value === undefined)
      return { fault: { error: 'incomplete', word: '', span: after(word), expected: expected[keyword] } };
    if (!isValid(keyword, value.text)) {
      const fault = { error: 'invalid-value', word: value.text, span: value.span } as const;
      return { fault: { ...fault, expected: expected[keyword] } };
    }
    wanted.set(keyword, value.text);
  }
  return { wanted };
}

function isValid(keyword: Keyword, text: string): boolean {
  if (keyword === 'lines') return /^[1-9]\d{0,5}$/.test(text) && Number(text) <= most;
  if (keyword === 'user' || keyword === 'from' || keyword === 'path') return text !== '';
  return /^\d{4}-\d\d-\d\d(?: \d\d:\d\d(?::\d\d)?)?$/.test(text);
}

/** Whether a record tells of a change that is wanted. Times compare as they are written. */
function fits(fields: LogLine['fields'], wanted: Wanted): boolean {
  const { cfgpath, user, ui, date, time } = fields;
  if (cfgpath === undefined) return false;
  const [name, from, path, since, until] = [
    wanted.get('user'),
    wanted.get('from'),
    wanted.get('path'),
    wanted.get('since'),
    wanted.get('until'),
  ];
  const moment = `${date} ${time}`;
  const isOfPath = path === undefined || cfgpath === path || String(cfgpath).startsWith(`${path} `);
  const isAfter = since === undefined || moment >= since;
  // The whole of the last day, or minute.
  const isBefore = until === undefined || moment <= until || moment.startsWith(until);
  const isFrom = from === undefined || isAt(String(ui), from);
  return (name === undefined || user === name) && isFrom && isOfPath && isAfter && isBefore;
}

/** `ssh(192.0.2.7)` is at `ssh`, and at `192.0.2.7`. */
function isAt(ui: string, from: string): boolean {
  return ui === from || ui.startsWith(`${from} `) || ui.split(/[()]/).includes(from);
}

function text({ date, time, msg }: LogLine['fields']): string {
  return `${date} ${time} ${msg}`;
}
