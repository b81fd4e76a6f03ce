import { allHold, type Check, checkLine, liveness, readiness } from '../../metrics/health.ts';
import type { Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { runningSystemAlone } from '../operands/policy.ts';

export default {
  verb: 'get',
  words: ['system', 'health'],
  parameters: '',
  help: 'Show whether Levee lives and is ready for connections; fails where it is not',
  requires: { area: 'mntgrp', access: 'r' },
  api: 'reads',
  suggest: () => [],
  run(context, parameters): Faults {
    const running = runningSystemAlone(context, parameters);
    if ('fault' in running) return [running.fault];
    const health = running.system.health();
    const checks = [...liveness(health), ...readiness(health)];
    context.print({ lines: checks.map(checkLine), data: () => ({ ready: allHold(checks), checks }) });
    return checks.filter(({ holds }) => !holds).map(failed);
  },
} satisfies Operation;

function failed({ name, detail }: Check): Faults[number] {
  return { error: 'operation-failed', word: `${name}: ${detail}`, expected: 'every check to hold' };
}
