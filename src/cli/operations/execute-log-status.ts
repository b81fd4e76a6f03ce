import { done, type Faults, superfluous } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { runningSystem } from '../operands/policy.ts';
import { columns } from '../printing/columns.ts';

export default {
  verb: 'execute',
  words: ['log', 'status'],
  parameters: '',
  help: 'Show how many records each syslog server and email policy was sent, has waiting and has lost',
  requires: { area: 'loggrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  run(context, [extra]): Faults {
    if (extra !== undefined) return [superfluous(extra)];
    const running = runningSystem(context);
    if ('fault' in running) return [running.fault];
    const destinations = running.system.logs.status();
    const lines = columns(destinations, [
      { title: 'destination', text: ({ destination }) => destination },
      { title: 'sent', text: ({ sent }) => sent },
      { title: 'queued', text: ({ queued }) => queued },
      { title: 'dropped', text: ({ dropped }) => dropped },
      { title: 'last error', text: ({ lastError }) => lastError || '-' },
    ]);
    context.print({
      lines: destinations.length === 0 ? ['records go to files only'] : lines,
      data: () => destinations,
    });
    return done;
  },
} satisfies Operation;
