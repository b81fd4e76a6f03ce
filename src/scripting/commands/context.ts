import type { Side, SocketPort } from '../../enforcer/hooks/connection-port.ts';
import { CommandError } from '../../lua/host/errors.ts';
import type { ScriptSession } from '../connection/script-connection.ts';
import type { AtomicCounters } from '../shared/counters.ts';
import type { SharedTables } from '../shared/tables.ts';
import type { Occasion } from './command.ts';

/** What commands can reach: the runner changes it from event to event. */
export type ScriptContext = {
  occasion: Occasion;
  /** The side of the connection that the event is about; a timer has that of the event that set it. */
  side: Side;
  /** Null in RULE_INIT, RULE_EXIT and VS_LISTENER_BIND. */
  session: ScriptSession | null;
  /** In VS_LISTENER_BIND. */
  listener: SocketPort | null;
  /** In an event with data: what is at hand. */
  data: Uint8Array | null;
  /** string.format, kept: scripts may change their libraries. */
  format: bigint;
  /** Arms a timer of the session: milliseconds; see SessionTimers. */
  readonly armTimer: (
    session: ScriptSession,
    name: string,
    milliseconds: number,
    periodic: boolean,
  ) => boolean;
  /** Milliseconds since 1970. */
  readonly wallClock: () => number;
  readonly write: (kind: 'debug' | 'log', text: string) => void;
  readonly tables: SharedTables;
  readonly counters: AtomicCounters;
};

/** The session of an occasion that has one. */
export function sessionOf({ session }: ScriptContext): ScriptSession {
  if (session === null) throw new CommandError('there is no connection here');
  return session;
}
