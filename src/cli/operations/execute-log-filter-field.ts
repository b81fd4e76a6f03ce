import { nearest } from '../../text/nearest.ts';
import { done, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { choices, hint } from '../typing/suggestion.ts';
import { after } from '../words/resolve.ts';

export default {
  verb: 'execute',
  words: ['log', 'filter', 'field'],
  parameters: '<key> <value> [<value> ...]',
  help: 'Of a log show only the records in which a key has one of some values; several keys must all fit',
  requires: { area: 'loggrp', access: 'r' },
  api: 'console',
  suggest({ system }, { length }) {
    if (length > 0) return [hint('<value>', 'What the key must hold, as the line has it without quotes')];
    const keys = [...(system?.records.keys ?? [])].sort(([one], [other]) => (one < other ? -1 : 1));
    return choices(Object.fromEntries(keys));
  },
  async run(context, [key, ...values]): Promise<Faults> {
    if (key === undefined) return [{ error: 'incomplete', word: '', expected: 'a key of log records' }];
    const { keys } = (await context.kept()).records;
    // Not by its beginning: `src` begins `src_port`, and a key may be typed that a newer version has added.
    if (!keys.has(key.text)) {
      const { text, span } = key;
      const expected = 'a key of log records';
      return [
        { error: 'unknown-word', word: text, span, expected, nearest: nearest(text, [...keys.keys()]) },
      ];
    }
    if (values.length === 0) {
      return [{ error: 'incomplete', word: '', span: after(key), expected: `a value of ${key.text}` }];
    }
    context.logFilter.set(
      key.text,
      values.map(({ text }) => text),
    );
    return done;
  },
} satisfies Operation;
