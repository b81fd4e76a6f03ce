import { ADMITTED, decide } from './decision.ts';
import { emptyHolding } from './holding.ts';
import { isTrusted, type Limit } from './limit.ts';

/**
 * How many connections more of a source a limit would admit, where no block covers it. Infinite: all.
 *
 * @param marks what the IP list of that limit says of the address
 * @param open connections that the source holds, and how many of those are silent
 */
export function roomIn(limit: Limit, marks: number, open: number, silent: number): number {
  const decided = decide(limit, marks, {
    ...emptyHolding(),
    open,
    silent,
    shadow: open,
    shadowSilent: silent,
  });
  if ((decided & ADMITTED) === 0) return 0;
  const isLimited = limit.threshold > 0 && limit.action !== 'alert' && !limit.monitor && !isTrusted(marks);
  return isLimited ? limit.threshold - open : Number.POSITIVE_INFINITY;
}
