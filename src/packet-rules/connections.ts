import type { Connection } from '../packets/connections/connection.ts';
import { ConnectionTable } from '../packets/connections/connection-table.ts';
import type { Packet } from '../packets/packet.ts';
import { MemoryBudget } from '../packets/streams/memory-budget.ts';
import { CommandError } from '../scripting/lua/errors.ts';
import type { HostObjects } from '../scripting/lua/host-objects.ts';
import type { LuaState } from '../scripting/lua/state.ts';
import type { RulesLog } from './log.ts';
import type { StreamMarks } from './objects/stream-object.ts';
import { TrackedConnection } from './objects/tracked-connection.ts';

type Tracked = Connection<TrackedConnection>;

/** With its streams each takes about 5 kB, whether or not it has said anything: a flood of SYNs opens them all. */
const MOST_CONNECTIONS = 2 ** 17;

/** What is known of a packet's connection. */
export type Found = {
  /** Undefined when there is none that is alive. */
  readonly tracked: TrackedConnection | undefined;
  readonly isFromClient: boolean | undefined;
  readonly isDropped: boolean;
};

/** The connections that packets belong to, and what rules keep of them. */
export class Connections {
  readonly #state: LuaState;
  readonly #objects: HostObjects;
  readonly #marks: StreamMarks;
  readonly #log: RulesLog;
  readonly #isPassThrough: boolean;
  readonly #budget = new MemoryBudget();
  readonly #table: ConnectionTable<TrackedConnection>;
  #ended: TrackedConnection[] = [];

  /** @param limit most connections to follow at a time; beyond it those make room that matter least */
  constructor(
    state: LuaState,
    objects: HostObjects,
    marks: StreamMarks,
    log: RulesLog,
    isPassThrough: boolean,
    limit: number = MOST_CONNECTIONS,
  ) {
    this.#state = state;
    this.#objects = objects;
    this.#marks = marks;
    this.#log = log;
    this.#isPassThrough = isPassThrough;
    this.#table = new ConnectionTable<TrackedConnection>({
      limit,
      onEnded: ({ data }) => {
        if (data !== undefined) this.#ended.push(data);
      },
    });
  }

  /** The connection that a TCP packet belongs to, followed by it; `isNew` when it has begun it. */
  track(
    packet: Packet,
  ): { readonly tracked: TrackedConnection; readonly isNew: boolean } | 'over' | undefined {
    const { tcp } = packet;
    if (tcp === undefined) return undefined;
    const before = this.#table.find(packet);
    const wasOver = before?.isOver === true;
    const connection = this.#table.track(packet, tcp);
    if (connection === undefined) return undefined;
    if (connection === before && wasOver) return 'over';
    const isNew = connection !== before;
    return { tracked: this.#trackedOf(connection), isNew };
  }

  find(packet: Packet): Found {
    const connection = this.#table.find(packet);
    if (connection === undefined) return { tracked: undefined, isFromClient: undefined, isDropped: false };
    const isDropped = connection.state === 'dropped';
    if (connection.isOver && !isDropped) return { tracked: undefined, isFromClient: undefined, isDropped };
    const tracked = isDropped ? undefined : this.#trackedOf(connection);
    return { tracked, isFromClient: connection.isFromClient(packet), isDropped };
  }

  /** One whose end was seen, whose packets may still come. */
  findOver(packet: Packet): TrackedConnection | undefined {
    return this.#table.find(packet)?.data;
  }

  /** A new connection that the packet's source has begun. @throws CommandError */
  open(packet: Packet): TrackedConnection {
    const connection = this.#table.open(packet);
    if (connection === undefined) throw new CommandError('connection already exists');
    return this.#trackedOf(connection);
  }

  /** Its later packets are dropped without a word. */
  drop(tracked: TrackedConnection): void {
    if (tracked.connection.isOver) return;
    this.#log.log('debug', 'tcp-connection', `dropping connection ${tracked.text}`);
    this.#table.drop(tracked.connection);
  }

  close(tracked: TrackedConnection): void {
    if (tracked.connection.isOver) return;
    this.#log.log('debug', 'tcp-connection', `closing connection ${tracked.text}`);
    this.#table.close(tracked.connection);
  }

  /** Moves the capture's clock: what has been silent for too long ends. */
  advance(time: number): void {
    this.#table.advance(time);
  }

  /** Ends all: the capture is over. */
  end(): void {
    this.#table.end();
  }

  /** Those that have ended since this was asked. */
  takeEnded(): TrackedConnection[] {
    const ended = this.#ended;
    if (ended.length > 0) this.#ended = [];
    return ended;
  }

  /** Takes from Lua what it has of one. */
  release(tracked: TrackedConnection): void {
    const { client, server } = tracked.conversation;
    this.#marks.releaseAll(client);
    this.#marks.releaseAll(server);
    this.#objects.release(tracked);
    if (tracked.data !== undefined) this.#state.release(tracked.data);
    tracked.data = undefined;
  }

  #trackedOf(connection: Tracked): TrackedConnection {
    if (connection.data !== undefined) return connection.data;
    const tracked = new TrackedConnection(connection, this.#budget, this.#isPassThrough);
    connection.data = tracked;
    this.#log.log('debug', 'tcp-connection', `opening connection ${tracked.text}`);
    return tracked;
  }

  /** For streams of rules' own. */
  get budget(): MemoryBudget {
    return this.#budget;
  }
}
