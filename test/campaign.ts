/**
 * Long campaigns (random input, churn, fuzzed captures) run as a sample in `npm test`, and whole where
 * LEVEE_TEST_CAMPAIGNS is `whole`, as .ci/run has it. Each round says with which seed it failed.
 */
export const isWhole = process.env['LEVEE_TEST_CAMPAIGNS'] === 'whole';

/** How many rounds a campaign runs: those of the sample, or of the whole. */
export function rounds(sample: number, whole: number): number {
  return isWhole ? whole : sample;
}

const { LEVEE_TEST_SEED: given = '1' } = process.env;

/**
 * With what random input begins. It is the same each time, so that a change fails for what it changed; whoever looks for
 * what nobody thought of has LEVEE_TEST_SEED=random, or a number.
 */
export const seed = given === 'random' ? Math.floor(Math.random() * 2 ** 31) : Number(given);
