import type { AdviceReport } from '../../system/reports/advice.ts';

/** What a threshold would do to the sources that were seen. */
export type WhatIf = {
  /** Sources that wanted to hold more. */
  readonly refused: number;
  readonly sources: number;
  /** Of those that would be refused, some by name, the highest first. */
  readonly named: AdviceReport['highest'];
  /** How many more the highest source that is let through could hold; null: nobody is let through. */
  readonly headroom: number | null;
  /** The threshold in force is lower: how many some sources would hold is not known. */
  readonly isUncertain: boolean;
};

/** 0: no limit. */
export function whatIf({ peaks, highest, capped, threshold }: AdviceReport, candidate: number): WhatIf {
  const limit = candidate === 0 ? Number.POSITIVE_INFINITY : candidate;
  const beyond = peaks.filter(({ peak }) => peak > limit);
  const within = peaks.findLast(({ peak }) => peak <= limit);
  return {
    refused: beyond.reduce((sum, { sources }) => sum + sources, 0),
    sources: peaks.reduce((sum, { sources }) => sum + sources, 0),
    named: highest.filter(({ peak }) => peak > limit),
    headroom: within === undefined || candidate === 0 ? null : candidate - within.peak,
    isUncertain: capped > 0 && (candidate === 0 || candidate >= (threshold ?? 0)),
  };
}

/** As far as the slider goes: beyond all that was seen, and twice what is in force. */
export function highestCandidate({ maximum, threshold, choices }: AdviceReport): number {
  const advised = choices.find(({ name }) => name === 'advised')?.threshold ?? 0;
  const wanted = Math.max(20, 2 * (threshold ?? 0), Math.ceil(maximum * 1.25), Math.ceil(advised * 1.25));
  return Math.min(65_536, wanted);
}
