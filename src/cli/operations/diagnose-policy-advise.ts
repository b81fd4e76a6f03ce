import type { AdviceReport } from '../../system/reports/advice.ts';
import { quote } from '../../text/quote.ts';
import { done, type Faults } from '../faults/problem.ts';
import type { Operation } from '../language/operation.ts';
import { onePolicy, operationFault, suggestPolicy } from '../operands/policy.ts';
import { adviceLines } from '../printing/advice-lines.ts';
import { histogramLines } from '../printing/peak-histogram.ts';

export default {
  verb: 'diagnose',
  words: ['policy', 'advise'],
  parameters: '"<policy>"',
  help: 'Show how many connections sources held at most, and which threshold would fit them',
  requires: { area: 'traroutegrp', access: 'r' },
  api: 'reads',
  suggest: suggestPolicy,
  async run(context, parameters): Promise<Faults> {
    const running = onePolicy(context, parameters);
    if ('fault' in running) return [running.fault];
    const { policy, id, system } = running;
    try {
      const advice = await system.advice(id);
      context.print({ lines: lines(advice), data: () => advice });
      return done;
    } catch (error) {
      return [operationFault(error, policy.span, 'a policy that runs')];
    }
  },
} satisfies Operation;

function* lines(advice: AdviceReport): Generator<string> {
  const { policy, threshold, sources, peaks } = advice;
  const rule = threshold === null ? 'no rule' : threshold === 0 ? 'no threshold' : `threshold ${threshold}`;
  yield `policy ${quote(policy)} (${rule}); a source counts each time that it comes: ${sources} so far`;
  yield* histogramLines(peaks, threshold);
  yield* adviceLines(advice);
}
