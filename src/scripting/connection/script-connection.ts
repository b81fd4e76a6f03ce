import type { ConnectionPort } from '../../enforcer/hooks/connection-port.ts';
import type { EventName } from '../script/events.ts';
import type { Collecting } from './collecting.ts';
import type { ConnectionTimers } from './connection-timers.ts';

/** What scripts know of one connection, from its first event to its end. */
export class ScriptConnection {
  readonly port: ConnectionPort;
  /** Unique in the process. */
  readonly id: number;
  /** Null until a timer is set. */
  timers: ConnectionTimers | null = null;
  /** What scripts wait for before STREAM_CLIENT_INIT comes (again). */
  collecting: Collecting[] = [];
  /** No server is chosen yet, although it is an event of later. */
  isChoosing = false;
  /** Scripts have ended it. */
  isOver = false;
  /** How scripts want the connection to end, once the event is over. The last one counts. */
  ending: 'reject' | 'close' | null = null;
  #disabled: Set<EventName> | null = null;

  constructor(port: ConnectionPort, id: number) {
    this.port = port;
    this.id = id;
  }

  isDisabled(event: EventName): boolean {
    return this.#disabled?.has(event) === true;
  }

  enable(event: EventName): void {
    this.#disabled?.delete(event);
  }

  disable(event: EventName): void {
    this.#disabled ??= new Set();
    this.#disabled.add(event);
  }
}
