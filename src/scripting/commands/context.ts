import type { Side, SocketPort } from '../../enforcer/hooks/connection-port.ts';
import type { DataEnd } from '../../enforcer/hooks/data-end.ts';
import { LuaError } from '../../lua/host/errors.ts';
import type { ScriptConnection } from '../connection/script-connection.ts';
import type { AtomicCounters } from '../shared/counters.ts';
import type { SharedTables } from '../shared/tables.ts';
import type { Occasion } from './occasion.ts';

/** What commands can reach. The runner changes it from event to event. */
export type ScriptContext = {
  occasion: Occasion;
  /** The side of the connection that the event is about; a timer has that of the event that set it. */
  side: Side;
  /** Null in RULE_INIT, RULE_EXIT and VS_LISTENER_BIND. */
  connection: ScriptConnection | null;
  /** In VS_LISTENER_BIND. */
  listener: SocketPort | null;
  /** The data at hand, in an event that has some. */
  data: Uint8Array | null;
  /** In STREAM_CLIENT_INIT: why no more data comes; null: more may. */
  dataEnd: DataEnd | null;
  /** A reference to string.format, taken before any script could replace it. */
  format: bigint;
  /** Arms a timer of the connection; see ConnectionTimers. */
  readonly armTimer: (
    connection: ScriptConnection,
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

/** The connection that the event is about. @throws LuaError when there is none */
export function connectionOf({ connection }: ScriptContext): ScriptConnection {
  if (connection === null) throw new LuaError('there is no connection here');
  return connection;
}
