import type { Connection, ConnectionState, EndCause } from '../packets/connections/connection.ts';
import { DEFAULT_TIMEOUTS, type Timeouts } from '../packets/connections/connection-table.ts';
import { followSegment } from '../packets/connections/tcp-state.ts';
import { Flag, type Tcp } from '../packets/headers/tcp.ts';
import type { Packet } from '../packets/packet.ts';
import type { ConnectionEvent } from './connection-event.ts';
import { FollowedConnections, OPEN, PICKED_UP, SPOKEN } from './followed-connections.ts';
import { NONE } from './links.ts';

const MOST_FOLLOWED = 1_000_000;

/** In which order connections make room, and are looked through for those that were silent for too long. */
const ROOM: readonly ConnectionState[] = ['ended', 'opening', 'closing', 'half-closed', 'established'];

/**
 * Tells the connections of a capture as the enforcer sees them: there once the handshake is complete, gone when
 * both sides have sent their FIN, when either is reset, or when it was idle for too long. What goes on when the
 * capture ends is not gone. It follows them as `ConnectionTable` does, in less memory.
 */
export class CapturedConnections {
  readonly #followed: FollowedConnections;
  readonly #timeouts: Timeouts;
  readonly #tell: (event: ConnectionEvent) => void;
  readonly #limit: number;
  #clock = Number.NEGATIVE_INFINITY;
  #begunBefore = 0;
  #evicted = 0;

  /** `idleTimeout` in milliseconds; `limit`: most connections to follow at a time. */
  constructor(idleTimeout: number, tell: (event: ConnectionEvent) => void, limit = MOST_FOLLOWED) {
    this.#timeouts = { ...DEFAULT_TIMEOUTS, established: idleTimeout, 'half-closed': idleTimeout };
    this.#tell = tell;
    this.#limit = limit;
    this.#followed = new FollowedConnections(limit);
  }

  /** What of the capture could not be taken into account. */
  get notes(): string[] {
    const [begun, evicted] = [this.#begunBefore, this.#evicted];
    return [
      ...(begun === 0 ? [] : [`${begun} connections had begun before the capture did: they are not counted`]),
      ...(evicted === 0 ? [] : [`${evicted} connections were given up, too many were open at a time`]),
    ];
  }

  /** Takes the next packet, which is not kept. */
  take(packet: Packet): void {
    const { tcp } = packet;
    if (tcp === undefined) return;
    const followed = this.#followed;
    this.#advance(packet.time);
    const connection = this.#track(packet, tcp);
    if (connection === NONE || !followed.has(connection, OPEN)) return;
    if (!followed.has(connection, SPOKEN) && tcp.payloadLength > 0 && followed.isFromClient(connection)) {
      followed.mark(connection, SPOKEN);
      this.#tell({ kind: 'spoke', time: packet.time, connection });
    }
    // Levee closes its descriptor with the second FIN, whoever sent it; it does not wait for the last acknowledgement.
    if (followed.stateOf(connection) === 'closing') this.#close(connection, packet.time);
  }

  /** Moves the clock on, never back, and ends what has been silent for too long. */
  #advance(time: number): void {
    if (time <= this.#clock) return;
    this.#clock = time;
    const followed = this.#followed;
    for (const state of ROOM) {
      const limit = time - this.#timeouts[state];
      for (;;) {
        const oldest = followed.oldestOf(state);
        if (oldest === NONE || followed.lastSeenOf(oldest) >= limit) break;
        const lastSeen = followed.lastSeenOf(oldest);
        if (state === 'closing') this.#end(oldest, 'fin', lastSeen);
        else this.#end(oldest, 'timeout', lastSeen + this.#timeouts[state]);
        followed.remove(oldest);
      }
    }
  }

  /** The connection of a packet, which the packet may have ended; NONE: it is of none. */
  #track(packet: Packet, tcp: Tcp): number {
    const followed = this.#followed;
    const known = followed.find(packet);
    if (known === NONE || followed.stateOf(known) === 'ended') return this.#begin(tcp, known);
    if (this.#follow(known, tcp, followed.isFromClient(known)) !== 'replaced') return known;
    // The answer to a SYN that came while this one was thought to be alive: the server is who sends it.
    const { rivalSyn } = followed.read(known);
    followed.remove(known);
    const opened = this.#open(false, 0);
    followed.read(opened).client.begin(rivalSyn ?? 0);
    followed.write(opened);
    this.#follow(opened, tcp, false);
    return opened;
  }

  /** A packet of no live connection. */
  #begin(tcp: Tcp, ended: number): number {
    const followed = this.#followed;
    const isOpening = (tcp.flags & (Flag.syn | Flag.ack | Flag.rst)) === Flag.syn;
    // Those that had begun before the capture are followed so that it is known how many there are.
    if (!isOpening && (ended !== NONE || !mayPickUp(tcp))) {
      if (ended !== NONE) followed.touch(ended, 'ended', this.#clock);
      return ended;
    }
    if (ended !== NONE) followed.remove(ended);
    const isFromClient = isOpening || isLikelyClient(tcp);
    const opened = this.#open(isFromClient, isOpening ? 0 : PICKED_UP);
    if (!isOpening) {
      adoptSides(followed.read(opened), tcp, isFromClient);
      followed.write(opened);
    }
    this.#follow(opened, tcp, isFromClient);
    return opened;
  }

  #open(isFromClient: boolean, flags: number): number {
    const followed = this.#followed;
    if (followed.count >= this.#limit) {
      const state = ROOM.find((each) => followed.oldestOf(each) !== NONE) ?? 'ended';
      const oldest = followed.oldestOf(state);
      this.#end(oldest, 'evicted', this.#clock);
      followed.remove(oldest);
    }
    const opened = followed.add(isFromClient, flags);
    followed.touch(opened, 'opening', this.#clock);
    return opened;
  }

  #follow(connection: number, tcp: Tcp, isFromClient: boolean): EndCause | undefined {
    const followed = this.#followed;
    const before = followed.stateOf(connection);
    const read = followed.read(connection);
    const step = followSegment(read, tcp, isFromClient);
    const { state } = read;
    followed.write(connection);
    followed.touch(connection, state, this.#clock);
    if (before === 'opening' && state !== 'opening') this.#established(connection);
    if (step === 'nothing' || step === 'established') return undefined;
    this.#end(connection, step, this.#clock);
    return step;
  }

  #established(connection: number): void {
    if (this.#followed.has(connection, PICKED_UP)) {
      this.#begunBefore++;
      return;
    }
    this.#followed.mark(connection, OPEN);
    this.#tell({ kind: 'opened', time: this.#clock, connection, ...this.#followed.endsOf(connection) });
  }

  #end(connection: number, cause: EndCause, time: number): void {
    const followed = this.#followed;
    if (followed.stateOf(connection) === 'ended') return;
    followed.touch(connection, 'ended', followed.lastSeenOf(connection));
    if (cause === 'evicted' && followed.has(connection, OPEN)) this.#evicted++;
    this.#close(connection, time);
  }

  #close(connection: number, time: number): void {
    if (!this.#followed.has(connection, OPEN)) return;
    this.#followed.unmark(connection, OPEN);
    this.#tell({ kind: 'closed', time, connection });
  }
}

/** Not by what may be the end of one that was forgotten. */
const mayPickUp = (tcp: Tcp): boolean => (tcp.flags & (Flag.fin | Flag.rst)) === 0 && tcp.sequenceLength > 0;

/** Without its SYN: who answers to one is the server; else the lower port is taken for the service. */
const isLikelyClient = (tcp: Tcp): boolean => !tcp.has(Flag.syn) && tcp.sourcePort >= tcp.destinationPort;

const adoptSides = (opened: Connection, tcp: Tcp, isFromClient: boolean): void => {
  const sender = isFromClient ? opened.client : opened.server;
  const receiver = isFromClient ? opened.server : opened.client;
  if (!tcp.has(Flag.syn)) sender.adopt(tcp.sequence);
  if (tcp.has(Flag.ack)) receiver.adopt(tcp.acknowledgement);
};
