import type { Snapshot } from '../../policy/snapshot.ts';

/** Milliseconds. What is configured comes with the snapshot. */
export type Timeouts = {
  /** For the PROXY header of a peer that is to send one. */
  readonly header: number;
};

export const defaultTimeouts: Timeouts = { header: 5000 };

/** How often connections are looked at, in milliseconds; a timeout comes late by as much. */
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

/** Seconds; where no rule says when a connection is silent. */
export const defaultSilentAfter = 10;
