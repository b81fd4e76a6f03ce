import { quote } from '../../../grammar/quote.ts';
import { type AdviceReport, adviceLines } from '../advice.ts';
import { done, type Faults } from '../context.ts';
import type { Operation } from '../operation.ts';
import { histogramLines } from '../peak-histogram.ts';
import { superfluous } from '../problem.ts';
import { operationFault, policyNamed, policySuggestions, runningSystem } from '../running.ts';

export default {
  verb: 'diagnose',
  words: ['policy', 'advise'],
  parameters: '"<policy>"',
  help: 'Show how many connections sources held at most, and which threshold would fit them',
  requires: { area: 'traroutegrp', access: 'r' },
  suggest: (place, { length }, prefix) => (length === 0 ? policySuggestions(place, prefix) : []),
  run(context, [policy, extra]): Faults {
    if (policy === undefined) return [{ error: 'incomplete', word: '', expected: 'the name of a policy' }];
    if (extra !== undefined) return [superfluous(extra)];
    const named = policyNamed(context, policy);
    if ('fault' in named) return [named.fault];
    const running = runningSystem(context);
    if ('fault' in running) return [running.fault];
    try {
      const advice = running.system.advice(named.id);
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
