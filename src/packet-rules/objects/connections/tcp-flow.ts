import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { LuaStack } from '../../../lua/values/stack.ts';
import type { ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import type { Packet } from '../../../packets/packet.ts';
import type { TcpStream } from '../../../packets/streams/tcp-stream.ts';
import { dataFields, dataMethods, forgeMethod } from '../../dissectors/data-members.ts';
import type { DissectorData } from '../../dissectors/dissector.ts';
import type { ConnectionTracker } from '../../traffic/connection-tracker.ts';
import type { TrackedConnection } from '../../traffic/tracked-connection.ts';
import type { DataEvent } from '../buffers/stream-buffers.ts';
import type { TcpPacket } from '../packets/tcp-packet.ts';
import type { AddressType } from '../values/address.ts';
import { endFields } from './connection-definition.ts';

/**
 * Which hooks run for a packet. `new`: those of a new connection, before its streams get the packet. `silent`: none.
 * `reset`: only those of the way down, as its RST ends the connection. `rest`: those of data, of a connection that is
 * over; what they are of leaves when both sides have been shown.
 */
export type FlowKind = 'new' | 'data' | 'silent' | 'reset' | 'rest';

/** The hook of a later Haka's event for data of a stream. */
export const dataHook = 'tcp-connection-data';
/** That of its event for the end of a connection. */
export const endHook = 'tcp-connection-end';

/** A packet of a connection, and the packets that its streams release because of it. */
export class TcpFlow implements DissectorData {
  readonly dissector = 'tcp-connection';
  readonly tracked: TrackedConnection;
  readonly isFromClient: boolean;
  /** The SYN, in tcp-connection-new. */
  readonly tcp: TcpPacket | undefined;
  /** While rules are shown what is new of the stream. */
  data: DataEvent | undefined;
  readonly #kind: FlowKind;
  readonly #connections: ConnectionTracker;
  readonly #packetOf: (packet: Packet) => TcpPacket | undefined;
  readonly #isLast: boolean;
  #isDropped = false;
  #isReset = false;
  #forged: TcpPacket[] | undefined;

  constructor(
    tracked: TrackedConnection,
    tcp: TcpPacket | undefined,
    isFromClient: boolean,
    kind: FlowKind,
    connections: ConnectionTracker,
    packetOf: (packet: Packet) => TcpPacket | undefined,
  ) {
    this.tracked = tracked;
    this.isFromClient = isFromClient;
    this.tcp = kind === 'new' ? tcp : undefined;
    this.#kind = kind;
    this.#connections = connections;
    this.#packetOf = packetOf;
    this.#isLast = tracked.connection.isOver;
  }

  /** Whether rules have dropped it or reset its connection: nothing that is held may leave. */
  get isCut(): boolean {
    return this.#isDropped || this.#isReset;
  }

  get isSilent(): boolean {
    return this.#kind === 'silent';
  }

  /** The packet that ends a connection says nothing that a dissector above could read. */
  get next(): string | undefined {
    const isRead = this.#kind === 'rest' || (this.#kind === 'data' && !this.#isLast);
    return isRead ? this.tracked.next : undefined;
  }

  get stream(): TcpStream | undefined {
    return this.#kind === 'new' ? undefined : this.tracked.conversation.stream(this.isFromClient);
  }

  /** Sets the next dissector. False: that must be done before the connection begins. */
  setNext(name: string | undefined): boolean {
    if (this.#kind === 'new') this.tracked.next = name;
    return this.#kind === 'new';
  }

  isValid(): boolean {
    return !this.#isDropped && this.#kind !== 'reset';
  }

  /** Drops the connection, once the hooks of the packet have run. */
  drop(): void {
    this.#isDropped = true;
    this.#connections.dropLater(this.tracked);
  }

  /** Resets the connection, unless it has not begun yet. The flow stays valid for the dissectors above. */
  reset(): void {
    if (this.#kind !== 'new') this.#isReset = true;
  }

  /** The SYN, with the connection that it begins; the data that have come, and which way they go. */
  pushMore(stack: LuaStack, hook: string, objects: HostObjects): number {
    if (hook === dataHook && this.data !== undefined) {
      this.data.push(stack);
      stack.pushText(this.isFromClient ? 'up' : 'down');
      return 2;
    }
    if (this.tcp === undefined) return 0;
    objects.push(stack, this.tcp);
    return 1;
  }

  forge(): DissectorData | undefined {
    if (this.#kind === 'new') return undefined;
    this.#forged ??= this.#packets();
    return this.#forged.shift();
  }

  #packets(): TcpPacket[] {
    const { conversation, connection } = this.tracked;
    if (this.#isDropped) {
      this.#connections.drop(this.tracked);
      return [];
    }
    if (this.#isReset) return this.#resets();
    if (this.#kind === 'rest') return [];
    if (connection.isOver) {
      // What waits behind a hole is shown to rules first, and nothing overtakes it.
      if (conversation.streams.some(({ hasHole }) => hasHole)) return [];
      // Its last packet leaves after all that was held.
      conversation.flush();
    }
    const packets: Packet[] = [];
    // What it acknowledges may release data of the other side, too.
    for (const side of [this.isFromClient, !this.isFromClient]) {
      for (let packet = conversation.pop(side); packet !== undefined; packet = conversation.pop(side)) {
        packets.push(packet);
      }
    }
    return this.#toRules(packets);
  }

  #resets(): TcpPacket[] {
    const { conversation, connection } = this.tracked;
    const seconds = Math.floor(connection.lastSeen / 1000);
    const nanoseconds = Math.round((connection.lastSeen - seconds * 1000) * 1_000_000);
    const resets = conversation.reset({ seconds, nanoseconds });
    this.#connections.drop(this.tracked);
    return this.#toRules(resets);
  }

  #toRules(packets: readonly Packet[]): TcpPacket[] {
    return packets.map(this.#packetOf).filter((packet) => packet !== undefined);
  }
}

/** The dissector data of tcp-connection, with the ends of the connection as a later Haka has them. */
export function tcpFlowDefinition(objects: HostObjects, addresses: AddressType): ObjectDefinition<TcpFlow> {
  return {
    name: 'tcp-connection',
    takesFields: true,
    fields: {
      ...dataFields,
      ...endFields<TcpFlow>(addresses, ({ tracked }) => tracked),
      next_dissector: {
        get: (stack, { tracked }) => stack.pushTextOrNil(tracked.next),
        set: (stack, self) => {
          const name = stack.isAbsent(3) ? undefined : stack.text(3);
          if (!self.setNext(name)) stack.raise('next_dissector is set in tcp-connection-new', false);
        },
      },
      connection: { get: (stack, { tracked }) => objects.push(stack, tracked) },
      stream: { get: (stack, { stream }) => objects.pushOrNil(stack, stream) },
      direction: { get: (stack, { isFromClient }) => stack.pushBoolean(isFromClient) },
      tcp: { get: (stack, { tcp }) => objects.pushOrNil(stack, tcp) },
    },
    methods: {
      ...dataMethods,
      reset: (_, self) => {
        self.reset();
        return 0;
      },
      forge: forgeMethod(objects),
    },
  };
}
