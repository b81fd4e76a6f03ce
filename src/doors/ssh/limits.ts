import { mostText } from '../../cli/session/settings/limits.ts';
import type { Limits } from '../../system/shares.ts';
import type { PlaceLimits } from '../places.ts';
import type { PaceLimits } from './pace.ts';

/** What the clients of a door may take of this process. */
export type SshLimits = {
  /** Connections that have not logged in. */
  readonly strangers: { readonly each: number; readonly all: number };
  /** How often one source may begin to speak. */
  readonly pace: PaceLimits;
  /** Milliseconds that a connection has to log in. */
  readonly grace: number;
  /** Wrong tries to log in on one connection, and requests of whatever kind, as keys that are only asked about. */
  readonly tries: number;
  readonly requests: number;
  /** Connections that have logged in, and what goes on at once on each. */
  readonly guests: PlaceLimits;
  readonly channels: number;
  /** Bytes of texts that have come and are not run yet. */
  readonly received: Limits;
};

export const sshLimits: SshLimits = {
  strangers: { each: 10, all: 64 },
  pace: { perSecond: 10, atOnce: 20 },
  grace: 30_000,
  tries: 6,
  requests: 30,
  guests: { each: 64, all: 256, kept: 16 },
  channels: 10,
  received: { each: mostText, all: 4 * mostText, free: 64 * 1024 },
};
