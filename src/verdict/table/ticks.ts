/**
 * Time in the table is the caller's clock in whole milliseconds modulo 2^32, so that it fits one word and is
 * never boxed under a lock. Two ticks compare rightly while they are less than 24 days apart: blocks last an
 * hour at most, and the sweep clears each one that has ended.
 */
export function toTick(now: number): number {
  return Math.floor(now) | 0;
}

/** The caller's clock in microseconds, modulo 2^32: for what takes no longer than that. */
export function toMoment(now: number): number {
  return Math.floor(now * 1000) | 0;
}

/** Milliseconds from `earlier` to `later`; negative when it is the other way round. */
export function elapsed(earlier: number, later: number): number {
  return (later - earlier) | 0;
}

/** Back to the caller's clock, in whole milliseconds; `now` is any moment less than 24 days from it. */
export function fromTick(tick: number, now: number): number {
  return Math.floor(now) + elapsed(toTick(now), tick);
}
