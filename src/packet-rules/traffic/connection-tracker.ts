import { BareLuaError, LuaError } from '../../lua/host/errors.ts';
import type { LuaState } from '../../lua/host/state.ts';
import type { HostObjects } from '../../lua/values/host-objects.ts';
import type { CapturedConnection } from '../../packets/connections/captured-connection.ts';
import { ConnectionTable } from '../../packets/connections/connection-table.ts';
import { KeptConnections } from '../../packets/connections/kept-connections.ts';
import { Flag } from '../../packets/headers/tcp.ts';
import type { Packet } from '../../packets/packet.ts';
import type { Acknowledgements } from '../../packets/streams/acknowledgements.ts';
import type { MemoryBudget } from '../../packets/streams/memory-budget.ts';
import { streamCost } from '../../packets/streams/stream-account.ts';
import { TcpStream } from '../../packets/streams/tcp-stream.ts';
import { counted } from '../../text/plural.ts';
import type { StreamMarks } from '../objects/connections/stream-marks.ts';
import type { RulesLog } from '../reporting/rules-log.ts';
import { connectionCost, TrackedConnection } from './tracked-connection.ts';

type Tracked = CapturedConnection<TrackedConnection>;

/** Bounds connections that take little memory each. */
const defaultMostConnections = 2 ** 17;

/** Connections that were not captured whole and are named. */
const mostMissedNamed = 100;

export type TrackerOptions = {
  readonly isPassThrough: boolean;
  readonly acknowledgements: Acknowledgements;
  /** For connections and their streams. */
  readonly budget: MemoryBudget;
  readonly mostConnections?: number | undefined;
};

/** The share of all memory that rules' own streams may take while they are empty: they stay until the end. */
const ownStreamsShare = 1 / 2;

/** The connection of a packet, as far as it is known. */
export type Found = {
  /** Undefined: there is none, or it is over. */
  readonly tracked: TrackedConnection | undefined;
  readonly isFromClient: boolean | undefined;
  readonly isDropped: boolean;
};

/** Tracks the connections that packets belong to, and what rules keep with them. */
export class ConnectionTracker {
  readonly #state: LuaState;
  readonly #objects: HostObjects;
  readonly #marks: StreamMarks;
  readonly #log: RulesLog;
  readonly #isPassThrough: boolean;
  readonly #acknowledgements: Acknowledgements;
  readonly #budget: MemoryBudget;
  readonly #table: ConnectionTable<Tracked>;
  #ended: TrackedConnection[] = [];
  #toDrop: TrackedConnection[] = [];
  #ownStreams = 0;
  #givenUp = 0;
  #withMissed = 0;

  /** Beyond the budget, or beyond the most connections, those that matter least make room. */
  constructor(
    state: LuaState,
    objects: HostObjects,
    marks: StreamMarks,
    log: RulesLog,
    { isPassThrough, acknowledgements, budget, mostConnections = defaultMostConnections }: TrackerOptions,
  ) {
    this.#state = state;
    this.#objects = objects;
    this.#marks = marks;
    this.#log = log;
    this.#isPassThrough = isPassThrough;
    this.#acknowledgements = acknowledgements;
    this.#budget = budget;
    this.#table = new ConnectionTable(new KeptConnections<TrackedConnection>(), {
      limit: mostConnections,
      onOpened: (connection) => {
        connection.data = this.#newTracked(connection);
        this.#logConnection('opening', connection.data);
        budget.takeFixed(connectionCost);
      },
      onEnded: ({ data }, cause) => {
        if (data !== undefined) this.#ended.push(data);
        if (cause === 'evicted') this.#giveUp();
      },
      onForgotten: ({ data }) => {
        budget.giveFixed(connectionCost);
        data?.conversation.discharge();
      },
    });
    budget.whenFull((isAny) => this.#table.makeRoom(isAny));
  }

  /** Tracks a TCP packet. Returns its connection, which is new if the packet has begun it; `over`: that had ended. */
  track(
    packet: Packet,
  ): { readonly tracked: TrackedConnection; readonly isNew: boolean } | 'over' | undefined {
    const { tcp } = packet;
    if (tcp === undefined) return undefined;
    const before = this.#table.find(packet);
    const wasOver = before?.isOver === true;
    const state = before?.state;
    const conversation = before?.data?.conversation;
    const acknowledgement = before && conversation?.acknowledged(tcp, before.isFromClient(packet));
    const connection = this.#table.track(packet, tcp, acknowledgement);
    if (connection === undefined) return undefined;
    const isClosing = state === 'closing' && tcp.has(Flag.ack) && conversation?.hasHoles === false;
    // Where rules have changed numbers or texts, an acknowledgement after both FINs is that of the last, whatever it says.
    if (isClosing && (before?.data?.isTouched === true || packet.isChanged || conversation.hasEdits)) {
      this.#table.finish(connection);
    }
    if (packet.isChanged) this.#trackedOf(connection).isTouched = true;
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

  /** The connection of a packet, also when it is over. */
  findOver(packet: Packet): TrackedConnection | undefined {
    return this.#table.find(packet)?.data;
  }

  /** Opens a connection from the source of a packet. @throws LuaError when there is one already */
  open(packet: Packet): TrackedConnection {
    const connection = this.#table.open(packet);
    if (connection === undefined) throw new BareLuaError('connection already exists');
    return this.#trackedOf(connection);
  }

  /** Drops a connection. Its later packets are dropped without an alert. */
  drop(tracked: TrackedConnection): void {
    if (tracked.connection.isOver) return;
    this.#logConnection('dropping', tracked);
    this.#table.drop(tracked.connection);
  }

  /** Drops a connection when its packet is done, unless that is done before. */
  dropLater(tracked: TrackedConnection): void {
    this.#toDrop.push(tracked);
  }

  close(tracked: TrackedConnection): void {
    if (tracked.connection.isOver) return;
    this.#logConnection('closing', tracked);
    this.#table.close(tracked.connection);
  }

  /** Logs how a connection has ended of itself, after its last packet has gone. */
  logEnd(tracked: TrackedConnection): void {
    const { cause } = tracked.connection;
    if (cause === 'reset') this.#logConnection('dropping', tracked);
    else if (cause === 'fin' || cause === 'timeout') this.#logConnection('closing', tracked);
  }

  /** Moves the clock of the capture. Connections that have been silent for too long end. */
  advance(time: number): void {
    this.#table.advance(time);
  }

  /** Ends all connections: the capture is over. */
  end(): void {
    this.#table.end();
  }

  /** The connections that have ended since the last call. */
  takeEnded(): TrackedConnection[] {
    for (const tracked of this.#toDrop) this.drop(tracked);
    if (this.#toDrop.length > 0) this.#toDrop = [];
    const ended = this.#ended;
    if (ended.length > 0) this.#ended = [];
    return ended;
  }

  /** Releases what Lua holds of a connection. */
  release(tracked: TrackedConnection): void {
    for (const release of tracked.releases.splice(0)) release();
    for (const stream of tracked.conversation.streams) this.#marks.releaseAll(stream);
    this.#objects.release(tracked);
    if (typeof tracked.data === 'bigint') this.#state.release(tracked.data);
    tracked.data = undefined;
  }

  /** A stream for rules' own use, which stays until the end. @throws LuaError when there are too many */
  newStream(): TcpStream {
    if (this.#ownStreams + streamCost > this.#budget.limit * ownStreamsShare) {
      throw new LuaError('there are as many streams as there may be');
    }
    this.#ownStreams += streamCost;
    this.#budget.takeFixed(streamCost);
    return new TcpStream(this.#budget, this.#isPassThrough, this.#acknowledgements);
  }

  /** Tells of bytes that streams of a connection have without having seen them: of the first connections one by one. */
  logMissed(tracked: TrackedConnection): void {
    const missed = tracked.conversation.streams.reduce((sum, stream) => sum + stream.missed, 0);
    if (missed === 0) return;
    this.#withMissed++;
    if (this.#withMissed > mostMissedNamed) return;
    const bytes = counted(missed, 'byte');
    this.#log.log(
      'warn',
      'tcp-connection',
      `${bytes} of ${tracked.text} were not captured: rules see what follows without them`,
    );
  }

  /** Logs at the end how many connections had holes, and were given up. */
  logGivenUp(): void {
    if (this.#withMissed > mostMissedNamed) {
      this.#log.log('warn', 'tcp-connection', `${this.#withMissed} connections were not captured whole`);
    }
    if (this.#givenUp === 0) return;
    this.#log.log('warn', 'tcp-connection', `${this.#givenUp} connection(s) were given up`);
  }

  #giveUp(): void {
    if (this.#givenUp === 0) {
      this.#log.log('warn', 'tcp-connection', 'connections take more room than they may: some are given up');
    }
    this.#givenUp++;
  }

  #newTracked(connection: Tracked): TrackedConnection {
    return new TrackedConnection(connection, this.#budget, this.#isPassThrough, this.#acknowledgements);
  }

  #trackedOf(connection: Tracked): TrackedConnection {
    connection.data ??= this.#newTracked(connection);
    return connection.data;
  }

  #logConnection(what: string, tracked: TrackedConnection): void {
    if (!this.#log.isOn('debug', 'tcp-connection')) return;
    this.#log.log('debug', 'tcp-connection', `${what} connection ${tracked.text}`);
  }
}
