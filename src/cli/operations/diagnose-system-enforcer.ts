import type { EnforcerReport } from '../../system/reports/running.ts';
import { counted } from '../../text/plural.ts';
import { timeText } from '../../time/log-time.ts';
import { done, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { runningSystemAlone } from '../operands/policy.ts';

export default {
  verb: 'diagnose',
  words: ['system', 'enforcer'],
  parameters: '',
  help: 'Show what the enforcer has in hand and has done: connections, sources, descriptors, memory',
  requires: { area: 'mntgrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  run(context, parameters): Faults {
    const running = runningSystemAlone(context, parameters);
    if ('fault' in running) return [running.fault];
    const report = running.system.status();
    context.print({ lines: reportLines(report), data: () => report });
    return done;
  },
} satisfies Operation;

function* reportLines(report: EnforcerReport): Generator<string> {
  const { descriptors, kernel, listeners, sources, waiting } = report;
  yield `running since     : ${timeText(Date.parse(report.runningSince))}${report.stopping ? ', and about to end' : ''}`;
  yield `revision          : ${report.revision ?? '-'}`;
  yield `workers           : ${report.workers}`;
  yield `engine            : ${report.engine}`;
  yield `listeners         : ${listenersText(listeners)}`;
  yield `process           : ${report.process}`;
  yield `connections       : ${report.connections}`;
  yield `  before a restart: ${report.formerConnections}`;
  yield `admitted          : ${report.admitted}`;
  yield `refused           : ${report.refused}`;
  yield `bad PROXY headers : ${report.headersFailed}`;
  yield `reset as a loop   : ${report.looped}`;
  yield `descriptors       : ${descriptors.used} of ${descriptors.limit}`;
  yield `  reset for lack  : ${descriptors.refused}`;
  yield `sources           : ${sources.used} of ${sources.capacity}`;
  yield `  let in uncounted: ${sources.admittedUncounted}`;
  yield `  reset for lack  : ${sources.refused}`;
  yield `kernel            : ${kernelText(kernel)}`;
  yield `  packets refused : ${kernel.refused}`;
  yield `memory            : ${megabytes(report.memory)} MB`;
  yield `waiting data      : ${megabytes(waiting.used)} of ${megabytes(waiting.limit)} MB`;
  yield `  reset for lack  : ${waiting.refused}`;
}

/** Of bytes, to the next one. */
function megabytes(bytes: number): number {
  return Math.ceil(bytes / (1024 * 1024));
}

function kernelText({ state, table, blocks, reason }: EnforcerReport['kernel']): string {
  if (state === 'off') return 'refuses nobody: kernel-block is off';
  return state === 'failing'
    ? `refuses nobody: ${reason}`
    : `refuses ${counted(blocks, 'source')}, in table inet ${table}`;
}

/** How many listen, and where to read why the others do not. */
function listenersText({ listening, failed }: EnforcerReport['listeners']): string {
  return failed === 0 ? `${listening}` : `${listening}, and ${failed} failed: see "diagnose policy list"`;
}
