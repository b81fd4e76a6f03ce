import type { Moment } from '../headers/create.ts';
import { Flag, type Tcp } from '../headers/tcp.ts';
import type { Packet } from '../packet.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { createReset } from './reset.ts';
import { type Pushed, TcpStream } from './tcp-stream.ts';

/** Both streams of a connection, each moving the numbers of the other's packets. */
export class Conversation {
  /** What the client sends, and what the server sends. */
  readonly client: TcpStream;
  readonly server: TcpStream;
  /** SYNs and resets, which no stream holds. */
  #direct: { readonly packet: Packet; readonly isFromClient: boolean }[] = [];
  #first: { readonly packet: Packet; readonly isFromClient: boolean } | undefined;

  /** `isReadOnly`: pass-through mode. */
  constructor(budget: MemoryBudget, isReadOnly = false) {
    this.client = new TcpStream(budget, isReadOnly);
    this.server = new TcpStream(budget, isReadOnly);
  }

  stream(isFromClient: boolean): TcpStream {
    return isFromClient ? this.client : this.server;
  }

  /**
   * Takes a packet in. Between this and `pop` its stream may be read and changed. A SYN without data and a RST
   * pass by the stream: `direct`.
   */
  push(packet: Packet, tcp: Tcp, isFromClient: boolean): Pushed | 'direct' {
    const stream = this.stream(isFromClient);
    this.#first ??= { packet: headersOf(packet), isFromClient };
    const isSyn = tcp.has(Flag.syn);
    if (isSyn) stream.init(tcp.sequence + 1);
    if (!tcp.has(Flag.rst) && !(isSyn && tcp.payloadLength === 0)) return stream.push(packet, tcp);
    this.#direct.push({ packet, isFromClient });
    return 'direct';
  }

  /** The next packet of a direction that may go, until there is none, with its numbers moved. */
  pop(isFromClient: boolean): Packet | undefined {
    const stream = this.stream(isFromClient);
    const popped = stream.pop() ?? this.#popDirect(isFromClient);
    if (popped?.tcp !== undefined) this.stream(!isFromClient).ack(popped.tcp);
    return popped;
  }

  /** Lets go what both streams hold: the capture is over, or the connection. */
  flush(): void {
    this.client.flush();
    this.server.flush();
  }

  /** Resets for both ends: to the server first, then to the client. What the streams hold is to be left. */
  reset(moment: Moment): Packet[] {
    const first = this.#first;
    if (first === undefined) return [];
    return [true, false].map((isFromClient) =>
      createReset(
        first.packet,
        isFromClient !== first.isFromClient,
        this.stream(isFromClient).lastSequence,
        moment,
      ),
    );
  }

  /** Gives back what the streams hold: they are of no use afterwards. */
  end(): void {
    this.client.end();
    this.server.end();
  }

  #popDirect(isFromClient: boolean): Packet | undefined {
    const index = this.#direct.findIndex((direct) => direct.isFromClient === isFromClient);
    if (index < 0) return undefined;
    const [direct] = this.#direct.splice(index, 1);
    const tcp = direct?.packet.tcp;
    if (tcp?.has(Flag.rst) === true) this.stream(isFromClient).seq(tcp);
    return direct?.packet;
  }
}

/** A copy that keeps no payload alive. */
function headersOf(packet: Packet): Packet {
  const copy = packet.clone();
  copy.tcp?.replacePayload(new Uint8Array(0));
  return copy;
}
