import { describe, it } from 'node:test';
import { rounds } from '../campaign.ts';
import fc from '../property.ts';
import { Comparison } from './comparison.ts';
import { ruleArbitrary, stepArbitrary } from './steps.ts';

const roomy = 16_384;
const small = 1024;
const clockArbitrary = fc.constantFrom(0, 1_000_000, 2 ** 31 - 4000, 2 ** 32 - 4000, 1_795_000_000_000);

describe('the sources table does what the reference model does', () => {
  it('under any interleaving of gates, limits, blocks, deaths and sweeps', () => {
    fc.assert(
      fc.property(
        clockArbitrary,
        ruleArbitrary,
        fc.array(stepArbitrary, { minLength: 1, maxLength: 150 }),
        (now, rule, steps) => {
          const comparison = new Comparison(now, roomy, roomy, 'open', rule);
          for (const step of steps) {
            comparison.run(step);
            comparison.compareAll();
          }
        },
      ),
      { numRuns: rounds(75, 300) },
    );
  });

  it('with room for three sources only, whether a full table admits or refuses', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('open' as const, 'closed' as const),
        ruleArbitrary,
        fc.array(stepArbitrary, { minLength: 1, maxLength: 80 }),
        (whenFull, rule, steps) => {
          const comparison = new Comparison(0, small, 3, whenFull, rule);
          // A restored block has no episode, so that a full table may give its slot away: blocks.test.ts.
          for (const step of steps) if (step.kind !== 'restore') comparison.run(step);
          comparison.compareAll();
        },
      ),
      { numRuns: rounds(25, 100) },
    );
  });
});
