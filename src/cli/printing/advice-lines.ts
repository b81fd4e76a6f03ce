import type { AdviceReport } from '../../system/reports/advice.ts';
import { counted } from '../../text/plural.ts';
import { columns } from './columns.ts';

/** For a person, after the histogram of the same peaks. */
export function* adviceLines(advice: AdviceReport): Generator<string> {
  const { sources, choices, isTooFew, leavesOut, capped, highest, maximum } = advice;
  if (sources === 0) {
    yield 'no source was seen: there is nothing to advise from';
    return;
  }
  yield* columns(choices, [
    { title: 'lets through', text: ({ name }) => name },
    { title: 'threshold', text: ({ threshold }) => threshold },
    { title: 'would hit', text: ({ hit }) => (hit === 0 ? 'nobody' : counted(hit, 'source')) },
    { title: 'headroom', text: ({ headroom }) => headroom },
    { title: '', text: ({ isFounded }) => (isFounded || isTooFew ? '' : 'too few sources') },
  ]);
  if (isTooFew) {
    yield `${counted(sources, 'source')} only: too few to rest a threshold on. 100 are the least for p99, 1000 for p99.9`;
  }
  if (leavesOut > 0) {
    const named = highest.slice(0, Math.min(leavesOut, 5)).map(({ source, peak }) => `${source} (${peak})`);
    yield `${counted(leavesOut, 'source')} far above all others: no room is made for what may be an attack${
      named.length === 0 ? ` (up to ${maximum})` : `: ${named.join(', ')}`
    }`;
  }
  if (capped > 0) {
    yield `${counted(capped, 'source')} came up to the threshold in force: how many they would have held is not known`;
  }
}
