import type { ClusterReport, ConfigurationReport } from '../../system/reports/cluster.ts';
import { counted } from '../../text/plural.ts';
import { timeText } from '../../time/log-time.ts';
import { done, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { runningSystemAlone } from '../operands/policy.ts';

export default {
  verb: 'diagnose',
  words: ['cluster', 'status'],
  parameters: '',
  help: 'Show whether this node reaches the others, and what it shares with them',
  requires: { area: 'sysgrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  run(context, parameters): Faults {
    const running = runningSystemAlone(context, parameters);
    if ('fault' in running) return [running.fault];
    const report = running.system.cluster();
    const lines = report === null ? ['This node is by itself: "config system cluster"'] : statusLines(report);
    context.print({ lines, data: () => report });
    return done;
  },
} satisfies Operation;

function statusLines({
  node,
  state,
  server,
  reason,
  clockAhead,
  speaks,
  spoken,
  blocks,
  configuration,
  unreadable,
  peers,
  counts,
}: ClusterReport): string[] {
  return [
    `node              : ${node}`,
    `store             : ${storeText(state, server, reason)}`,
    `other nodes       : ${peers.length}`,
    `clock             : ${clockText(clockAhead)}`,
    `messages          : version ${spoken}${speaks === String(spoken) ? '' : ` of ${speaks}`}`,
    `shared blocks     : ${blocks}`,
    `shared counts     : ${countsText(counts)}`,
    `configuration     : ${configurationText(configuration)}`,
    `unreadable        : ${unreadable}`,
  ];
}

function storeText(state: ClusterReport['state'], server: string, reason: string): string {
  if (state === 'connected') return server;
  if (state === 'unreachable') return `not reached${reason === '' ? ' yet' : `: ${reason}`}`;
  return `${server}; another node has this name, and this one takes no part`;
}

function countsText(counts: ClusterReport['counts']): string {
  if (counts === null) return 'none: this node counts for itself';
  const { standing, nodes, onPartition } = counts;
  if (standing === 'sharing') return `over ${counted(nodes, 'node')}`;
  return standing === 'joining' ? 'not all others know of this node yet' : `cut off: ${onPartition}`;
}

function configurationText(report: ConfigurationReport | null): string {
  if (report === null) return 'of this node alone';
  const { state, reason, number, node, author, time, newest } = report;
  const followed =
    number === 0
      ? 'none followed yet'
      : `shared revision ${number} of "${author}" on ${node}, ${timeText(Date.parse(time))}`;
  const behind = newest > number ? `; the newest is ${newest}` : '';
  const why = state === 'same' ? '' : `; ${stateTexts[state]}${reason === '' ? '' : `: ${reason}`}`;
  return `${followed}${behind}${why}`;
}

const stateTexts: Readonly<Record<Exclude<ConfigurationReport['state'], 'same'>, string>> = {
  ahead: 'what was committed here is not shared yet',
  conflict: 'in conflict',
  undecided: 'not taken over',
  refused: 'not followed',
};

function clockText(milliseconds: number): string {
  if (milliseconds === 0) return 'that of the store';
  return `${Math.abs(milliseconds)} ms ${milliseconds > 0 ? 'ahead of' : 'behind'} that of the store`;
}
