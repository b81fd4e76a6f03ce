import { timeText } from '../../time/log-time.ts';
import { done, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { runningSystemAlone } from '../operands/policy.ts';
import { columns } from '../printing/columns.ts';

export default {
  verb: 'diagnose',
  words: ['cluster', 'peers'],
  parameters: '',
  help: 'Show the other nodes that are there',
  requires: { area: 'sysgrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  run(context, parameters): Faults {
    const running = runningSystemAlone(context, parameters);
    if ('fault' in running) return [running.fault];
    const peers = running.system.cluster()?.peers ?? [];
    const lines = columns(peers, [
      { title: 'node', text: ({ node }) => node },
      { title: 'there since', text: ({ since }) => timeText(Date.parse(since)) },
      { title: 'heard ms ago', text: ({ silent }) => silent },
      { title: 'clock ms ahead', text: ({ clockAhead }) => clockAhead },
      { title: 'version', text: ({ version }) => version },
      { title: 'messages', text: ({ speaks }) => speaks },
      { title: 'configuration', text: ({ configuration, fault }) => configurationText(configuration, fault) },
    ]);
    context.print({ lines: peers.length === 0 ? ['No other node is there'] : lines, data: () => peers });
    return done;
  },
} satisfies Operation;

function configurationText(revision: number, fault: string): string {
  const text = revision === 0 ? 'its own' : `shared revision ${revision}`;
  return fault === '' ? text : `${text}: ${fault}`;
}
