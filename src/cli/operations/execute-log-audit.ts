import type { LogLine } from '../../system/log-access.ts';
import { messageOf } from '../../text/reason.ts';
import { done, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { type Keyword, readKeywords, suggestKeywords } from '../operands/keyword-values.ts';
import { mayBeShown } from '../operands/log.ts';
import { isInTime, recordSearch } from '../operands/record-search.ts';

const usual = 100;

function isSomething(text: string): boolean {
  return text !== '';
}

const keywords = {
  user: {
    help: 'Who has made the change follows',
    expected: 'the name of an administrator',
    isValid: isSomething,
  },
  from: {
    help: 'What stands where it was made from follows: a door, an address, a file',
    expected: 'a door such as ssh, an address, or console',
    isValid: isSomething,
  },
  path: {
    help: 'The table follows, or what its path begins with, in quotes',
    expected: 'the path of a table, such as "system admin"',
    isValid: isSomething,
  },
  ...recordSearch,
} satisfies Readonly<Record<string, Keyword>>;

export default {
  verb: 'execute',
  words: ['log', 'audit'],
  parameters: '[user <name>] [from <place>] [path "<path>"] [since <day>] [until <day>] [lines <1-100000>]',
  help: 'Show who has changed what in the configuration: field, before, after, from where',
  requires: { area: 'loggrp', access: 'r' },
  api: 'reads',
  suggest: (_position, given) => suggestKeywords(given, keywords),
  async run(context, parameters): Promise<Faults> {
    const reading = readKeywords(parameters, keywords);
    if ('fault' in reading) return [reading.fault];
    const { values } = reading;
    const { model, client, print } = context;
    const matches = (fields: LogLine['fields']): boolean => fits(fields, values) && mayBeShown(model, fields);
    try {
      const { records } = await context.kept();
      const count = Number(values.get('lines') ?? usual);
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

/** Whether a record tells of a change that is wanted. */
function fits(fields: LogLine['fields'], wanted: ReadonlyMap<keyof typeof keywords, string>): boolean {
  const { cfgpath, user, ui } = fields;
  if (cfgpath === undefined) return false;
  const [name, from, path] = [wanted.get('user'), wanted.get('from'), wanted.get('path')];
  const isOfPath = path === undefined || cfgpath === path || String(cfgpath).startsWith(`${path} `);
  const isFrom = from === undefined || isAt(String(ui), from);
  const isOfUser = name === undefined || user === name;
  return isOfUser && isFrom && isOfPath && isInTime(fields, wanted.get('since'), wanted.get('until'));
}

/** `ssh(192.0.2.7)` is at `ssh`, and at `192.0.2.7`. */
function isAt(ui: string, from: string): boolean {
  return ui === from || ui.startsWith(`${from} `) || ui.split(/[()]/).includes(from);
}

function text({ date, time, msg }: LogLine['fields']): string {
  return `${date} ${time} ${msg}`;
}
