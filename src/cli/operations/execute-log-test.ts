import { counted } from '../../text/plural.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { runningSystem } from '../operands/policy.ts';
import { columns } from '../printing/columns.ts';
import { keySuggestions } from '../typing/suggestion.ts';

const table = 'log trigger-policy';

export default {
  verb: 'execute',
  words: ['log', 'test'],
  parameters: '"<trigger-policy>"',
  help: 'Send a record to each syslog server and email policy of a trigger policy, and show what each answers',
  requires: { area: 'loggrp', access: 'w' },
  api: 'acts',
  suggest: ({ levels, model }, { length }, prefix) =>
    length === 0 ? keySuggestions(levels.view, model.catalogue.get(table), null, prefix) : [],
  async run(context, [name, extra]): Promise<Faults> {
    const { model, client } = context;
    if (name === undefined)
      return [{ error: 'incomplete', word: '', expected: 'the name of a trigger policy' }];
    const { text, span } = name;
    if (model.configuration.view.find(table, null, text) === undefined)
      return [
        { error: 'not-found', word: text, span, expected: `the name of an existing entry of ${table}` },
      ];
    if (extra !== undefined) return [superfluous(extra)];
    const running = runningSystem(context);
    if ('fault' in running) return [running.fault];
    const tests = await running.system.logs.test(text, model.author, client.signal);
    const lines = columns(tests, [
      { title: 'destination', text: ({ destination }) => destination },
      { title: 'sent as', text: ({ way }) => way },
      { title: 'result', text: ({ isSent }) => (isSent ? 'sent' : 'failed') },
      { title: 'answer', text: ({ answer }) => answer },
    ]);
    context.print({
      lines: tests.length === 0 ? ['this trigger policy names nobody'] : lines,
      data: () => tests,
    });
    const failures = tests.filter(({ isSent }) => !isSent).length;
    if (failures === 0) return done;
    const word = `${failures} of ${counted(tests.length, 'destination')} did not get the record`;
    return [{ error: 'operation-failed', word, expected: 'destinations that take it' }];
  },
} satisfies Operation;
