import { setTimeout } from 'node:timers/promises';
import type { LogLine } from '../../system/log-access.ts';
import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { logNamed, logSuggestions, mayBeShown } from '../operands/log.ts';
import { runningSystem } from '../operands/policy.ts';
import { comingRecord } from '../printing/records.ts';

/** Milliseconds between two looks at what has come. */
const interval = 100;
/** Records that are shown at one look: more than anyone can read. */
const atOnce = 20;
/** Records that wait to be shown. */
const mostWaiting = 1000;

export default {
  verb: 'execute',
  words: ['log', 'tail'],
  parameters: '[<log>]',
  help: 'Show the records of a log as they come, if the filter lets them through; Ctrl-C ends it',
  requires: { area: 'loggrp', access: 'r' },
  api: 'console',
  suggest: (position, { length }) => (length === 0 ? logSuggestions(position) : []),
  async run(context, parameters): Promise<Faults> {
    const running = runningSystem(context);
    if ('fault' in running) return [running.fault];
    const named = logNamed(parameters, running.system.records, []);
    if ('faults' in named) return named.faults;
    const [extra] = named.rest;
    if (extra !== undefined) return [superfluous(extra)];
    const { logFilter, model, person, print } = context;
    const { signal, drained } = context.client;
    const waiting: LogLine[] = [];
    let left = 0;
    let isFirst = true;
    const layout = running.system.records.columns(named.kind);
    const unfollow = running.system.logs.follow(named.kind, (line) => {
      if (!logFilter.matches(line.fields) || !mayBeShown(model, line.fields)) return;
      if (waiting.length < mostWaiting) waiting.push(line);
      else left += 1;
    });
    person?.remark(`the ${named.kind} log from now on; Ctrl-C ends it`);
    try {
      while (!signal.aborted) {
        // Of a terminal that was stopped, or a slow pipe: it must not fill this process.
        await drained();
        // What has come meanwhile may no longer be theirs to see.
        if (signal.aborted) break;
        for (const record of waiting.splice(0, atOnce)) {
          const { line, fields } = record;
          const screen = [comingRecord(record, layout, isFirst)];
          print({ lines: [line], screen, data: () => fields, unpaged: true });
          isFirst = false;
        }
        if (left > 0 && waiting.length === 0) {
          person?.remark(`${left} more came too fast to be shown`);
          left = 0;
        }
        // It rejects when the user interrupts, and for nothing else.
        await setTimeout(interval, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      unfollow();
    }
    return done;
  },
} satisfies Operation;
