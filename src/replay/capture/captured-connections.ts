import { ConnectionTable } from '../../packets/connections/connection-table.ts';
import { type Evidence, isWhole, wholeEvidence } from '../../packets/connections/evidence.ts';
import type { Packet } from '../../packets/packet.ts';
import { counted } from '../../text/plural.ts';
import type { ConnectionEvent } from './connection-event.ts';
import { FollowedConnections, OPEN, PICKED_UP, SPOKEN } from './followed-connections.ts';

const mostFollowed = 1_000_000;

/**
 * Reports the connections of a capture as the enforcer would see them: there once the handshake is complete, gone when
 * both sides have sent their FIN, when either is reset, or when it was idle for too long. What goes on when the
 * capture ends is not gone.
 */
export class CapturedConnections {
  readonly #followed: FollowedConnections;
  readonly #table: ConnectionTable<number>;
  readonly #report: (event: ConnectionEvent) => void;
  readonly #evidence: Evidence;
  /** Connections whose handshake was not captured whole. */
  inferred = 0;
  #begunBefore = 0;
  #evicted = 0;

  /** `idleTimeout` in milliseconds; `limit`: most connections to follow at a time. */
  constructor(
    idleTimeout: number,
    report: (event: ConnectionEvent) => void,
    limit = mostFollowed,
    evidence = wholeEvidence,
  ) {
    this.#report = report;
    this.#evidence = evidence;
    // Where no data are captured, nobody can tell who is silent.
    const silence = evidence.isControl ? Number.POSITIVE_INFINITY : idleTimeout;
    this.#followed = new FollowedConnections(limit);
    this.#table = new ConnectionTable(this.#followed, {
      limit,
      evidence,
      timeouts: { established: silence, 'half-closed': silence },
      // So that it is known how many there are; nobody has seen them come, so nobody can judge them.
      pickUp: true,
      onEstablished: (connection, time) => this.#established(connection, time),
      onEnded: (connection, cause, time) => {
        if (cause === 'evicted' && this.#followed.has(connection, OPEN)) this.#evicted++;
        this.#close(connection, time);
      },
    });
  }

  /** What of the capture could not be taken into account. */
  get notes(): string[] {
    const [begun, evicted] = [this.#begunBefore, this.#evicted];
    return [
      ...this.#inferredNotes,
      ...(begun === 0 ? [] : [`${begun} connections had begun before the capture did: they are not counted`]),
      ...(evicted === 0 ? [] : [`${evicted} connections were given up, too many were open at a time`]),
    ];
  }

  get #inferredNotes(): string[] {
    const { isControl, side } = this.#evidence;
    if (this.inferred === 0) return [];
    const shown = [
      ...(isControl ? ['only packets with SYN, FIN or RST'] : []),
      ...(side === 'both' ? [] : [`only what ${side} sent`]),
    ].join(', ');
    const unknown = isControl
      ? 'handshakes that were never finished may be among them, and nobody ends by silence'
      : 'they end with the first FIN';
    return [`${counted(this.inferred, 'connection')} inferred, the capture has ${shown}: ${unknown}`];
  }

  /** Takes the next packet, which is not kept. */
  take(packet: Packet): void {
    const { tcp } = packet;
    if (tcp === undefined) return;
    const followed = this.#followed;
    const connection = this.#table.track(packet, tcp);
    if (connection === undefined || !followed.has(connection, OPEN)) return;
    if (tcp.payloadLength > 0 && followed.isFromClient(connection)) this.#spoke(connection, packet.time);
    // Levee closes its descriptor with the second FIN, whoever sent it; it does not wait for the last acknowledgement.
    if (followed.stateOf(connection) === 'closing') this.#close(connection, packet.time);
  }

  #established(connection: number, time: number): void {
    if (this.#followed.has(connection, PICKED_UP)) {
      this.#begunBefore++;
      return;
    }
    if (!isWhole(this.#evidence)) this.inferred++;
    this.#followed.mark(connection, OPEN);
    this.#report({ kind: 'opened', time, connection, ...this.#followed.endsOf(connection) });
    // Its server has taken data that came with the SYN (RFC 7413): they do not come again.
    if (this.#followed.read(connection).client.isHeard) this.#spoke(connection, time);
  }

  #spoke(connection: number, time: number): void {
    if (this.#followed.has(connection, SPOKEN)) return;
    this.#followed.mark(connection, SPOKEN);
    this.#report({ kind: 'spoke', time, connection });
  }

  #close(connection: number, time: number): void {
    if (!this.#followed.has(connection, OPEN)) return;
    this.#followed.unmark(connection, OPEN);
    this.#report({ kind: 'closed', time, connection });
  }
}
