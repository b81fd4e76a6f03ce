/**
 * What a client is to replay. It reads the capture where it runs, however large, and judges it by itself, so that
 * whoever owns the configuration has nothing to do meanwhile. Its answer is the text of a `ReplayReport` as JSON.
 */
export type ReplayOrder = ReplayPlans & {
  /** A file of the client's; `-` for its standard input, where it has one to give. */
  readonly capture: string;
  /** Name of the policy that takes every connection; null: each policy takes its own. */
  readonly policy: string | null;
  /** With that: only connections to this port. */
  readonly port: number | null;
  readonly advise: boolean;
  /** Which of the IP packets that stand one in another is judged. */
  readonly wanted: 'outermost tcp' | 'innermost';
  /** The file that the candidate was read from; null: there is none. */
  readonly candidateFile: string | null;
  /** Where the client is to draw the peaks; null: nowhere. */
  readonly plot: string | null;
};

/** Configurations as a replay takes them: texts that only the two ends understand. */
export type ReplayPlans = { readonly plan: string; readonly candidate: string | null };

/** What the client has found: what `Printed` shows. */
export type ReplayReport = { readonly lines: readonly string[]; readonly data: unknown };

/** Undefined where a text is none. */
export function readReplayReport(text: string): ReplayReport | undefined {
  const report = parsed(text);
  if (typeof report === 'object' && report !== null && 'lines' in report && 'data' in report) {
    const { lines, data } = report;
    if (Array.isArray(lines)) return { lines: lines.map(String), data };
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
