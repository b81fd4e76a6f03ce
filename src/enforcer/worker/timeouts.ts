import type { Snapshot } from '../../policy/snapshot.ts';

/** Milliseconds, of what is not configured: that comes with the snapshot. */
export type Timeouts = {
  /** Until the PROXY header of a peer that has to send one. */
  readonly header: number;
};

export const defaultTimeouts: Timeouts = { header: 5000 };

/** Bounds of the interval between ticks, in milliseconds. A timeout may come late by one interval. */
const longestTick = 1000;
const shortestTick = 10;
const ticksPerTimeout = 4;

/** The interval that is fine enough for every timeout that a snapshot asks for. */
export function tickFor({ idleTimeout, policies }: Snapshot, { header }: Timeouts): number {
  let shortest = idleTimeout;
  for (const { connectTimeout, rule, proxyProtocol } of policies) {
    shortest = Math.min(shortest, connectTimeout, (rule?.silentAfter ?? defaultSilentAfter) * 1000);
    if (proxyProtocol !== null) shortest = Math.min(shortest, header);
  }
  return Math.min(longestTick, Math.max(shortestTick, shortest / ticksPerTimeout));
}

/** Seconds until a connection is silent, where no rule says it. */
export const defaultSilentAfter = 10;
