import type { Snapshot } from '../../policy/snapshot.ts';

/** Milliseconds. What is configured comes with the snapshot. */
export type Timeouts = {
  /** For the PROXY header of a peer that is to send one. */
  readonly header: number;
};

export const DEFAULT_TIMEOUTS: Timeouts = { header: 5000 };

/** How often connections are looked at, in milliseconds; a timeout comes late by as much. */
const LONGEST_TICK = 1000;
const SHORTEST_TICK = 10;
const TICKS_PER_TIMEOUT = 4;

/** The interval that is fine enough for every timeout that a snapshot asks for. */
export const tickFor = ({ idleTimeout, policies }: Snapshot, { header }: Timeouts): number => {
  let shortest = idleTimeout;
  for (const { connectTimeout, rule, proxyProtocol } of policies) {
    shortest = Math.min(shortest, connectTimeout, (rule?.silentAfter ?? SILENT_AFTER) * 1000);
    if (proxyProtocol !== null) shortest = Math.min(shortest, header);
  }
  return Math.min(LONGEST_TICK, Math.max(SHORTEST_TICK, shortest / TICKS_PER_TIMEOUT));
};

/** Seconds; where no rule says when a connection is silent. */
export const SILENT_AFTER = 10;
