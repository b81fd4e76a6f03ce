/**
 * Long campaigns (random input, churn, fuzzed captures) run as a sample in `npm test`, and whole where
 * LEVEE_TEST_CAMPAIGNS is `whole`, as .ci/run has it. Each round says with which seed it failed.
 */
export const isWhole = process.env['LEVEE_TEST_CAMPAIGNS'] === 'whole';

/** How many rounds a campaign runs: those of the sample, or of the whole. */
export function rounds(sample: number, whole: number): number {
  return isWhole ? whole : sample;
}
