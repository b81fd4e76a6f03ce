import type { Connection } from '../packets/connections/connection.ts';
import { ConnectionTable } from '../packets/connections/connection-table.ts';
import type { Packet } from '../packets/packet.ts';
import type { ConnectionEvent } from './connection-event.ts';

/** What a connection of the table is to a replay. */
type Followed = { readonly number: number; hasSpoken: boolean; isOpen: boolean };

/**
 * Tells the connections of a capture as the enforcer sees them: there once the handshake is complete, gone when
 * both sides have sent their FIN, when either is reset, or when it was idle for too long. What goes on when the
 * capture ends is not gone.
 */
export class CapturedConnections {
  readonly #table: ConnectionTable<Followed>;
  readonly #tell: (event: ConnectionEvent) => void;
  /** Numbers of connections that are not open any more. */
  readonly #free: number[] = [];
  #count = 0;
  #begunBefore = 0;
  #evicted = 0;

  /** `idleTimeout` in milliseconds; `limit`: most connections to follow at a time. */
  constructor(idleTimeout: number, tell: (event: ConnectionEvent) => void, limit?: number) {
    this.#tell = tell;
    this.#table = new ConnectionTable<Followed>({
      timeouts: { established: idleTimeout, 'half-closed': idleTimeout },
      ...(limit === undefined ? {} : { limit }),
      // So that it is known how many there are; nobody has seen them come, so nobody can judge them.
      pickUp: true,
      onEstablished: (connection) => {
        if (connection.isPickedUp) this.#begunBefore++;
        else this.#opened(connection);
      },
      onEnded: (connection, time) => {
        if (connection.cause === 'evicted' && connection.data?.isOpen === true) this.#evicted++;
        if (connection.cause !== 'end of capture') this.#close(connection, time);
      },
    });
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
    const connection = this.#table.track(packet, tcp);
    const data = connection?.data;
    if (connection === undefined || data === undefined || !data.isOpen) return;
    if (!data.hasSpoken && tcp.payloadLength > 0 && connection.isFromClient(packet)) {
      data.hasSpoken = true;
      this.#tell({ kind: 'spoke', time: packet.time, connection: data.number });
    }
    // Levee closes its descriptor with the second FIN, whoever sent it; it does not wait for the last acknowledgement.
    if (connection.state === 'closing') this.#close(connection, packet.time);
  }

  #opened(connection: Connection<Followed>): void {
    const number = this.#free.pop() ?? this.#count++;
    connection.data = { number, hasSpoken: false, isOpen: true };
    this.#tell({
      kind: 'opened',
      time: connection.established ?? connection.lastSeen,
      connection: number,
      source: connection.clientAddress,
      sourcePort: connection.clientPort,
      destination: connection.serverAddress,
      destinationPort: connection.serverPort,
    });
  }

  #close(connection: Connection<Followed>, time: number): void {
    const { data } = connection;
    if (data === undefined || !data.isOpen) return;
    data.isOpen = false;
    this.#tell({ kind: 'closed', time, connection: data.number });
    this.#free.push(data.number);
  }
}
