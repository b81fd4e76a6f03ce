import type { HostObjects } from '../../../lua/values/host-objects.ts';
import type { ObjectDefinition } from '../../../lua/values/userdata-type.ts';
import type { Packet } from '../../../packets/packet.ts';
import type { TcpStream } from '../../../packets/streams/tcp-stream.ts';
import { dataFields, dataMethods, forgeMethod } from '../../dissectors/data-members.ts';
import type { DissectorData } from '../../dissectors/dissector.ts';
import type { ConnectionTracker } from '../../traffic/connection-tracker.ts';
import type { TrackedConnection } from '../../traffic/tracked-connection.ts';
import type { TcpPacket } from '../packets/tcp-packet.ts';
import type { AddressType } from '../values/address.ts';
import { endFields } from './connection-definition.ts';

/**
 * What runs hooks for a packet: `new` before its streams have it; `silent` when nothing of it is for rules; `reset`
 * when it ends its connection with a RST, which only the way down sees.
 */
export type FlowKind = 'new' | 'data' | 'silent' | 'reset';

/** A packet of a connection, and what its streams let go because of it. */
export class TcpFlow implements DissectorData {
  readonly dissector = 'tcp-connection';
  readonly tracked: TrackedConnection;
  readonly isFromClient: boolean;
  /** The SYN, in tcp-connection-new. */
  readonly tcp: TcpPacket | undefined;
  readonly #kind: FlowKind;
  readonly #connections: ConnectionTracker;
  readonly #packetOf: (packet: Packet) => TcpPacket | undefined;
  #isDropped = false;
  #isReset = false;
  #forged: TcpPacket[] | undefined;

  constructor(
    tracked: TrackedConnection,
    tcp: TcpPacket,
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
  }

  get isSilent(): boolean {
    return this.#kind === 'silent';
  }

  get next(): string | undefined {
    return this.#kind === 'data' ? this.tracked.next : undefined;
  }

  get stream(): TcpStream | undefined {
    return this.#kind === 'new' ? undefined : this.tracked.conversation.stream(this.isFromClient);
  }

  /** Only before the connection has begun. */
  setNext(name: string | undefined): boolean {
    if (this.#kind === 'new') this.tracked.next = name;
    return this.#kind === 'new';
  }

  isValid(): boolean {
    return !this.#isDropped && this.#kind !== 'reset';
  }

  drop(): void {
    this.#isDropped = true;
    this.#connections.drop(this.tracked);
  }

  /** It stays valid: what stands above goes on. Nothing can be reset that has not begun. */
  reset(): void {
    if (this.#kind !== 'new') this.#isReset = true;
  }

  forge(): DissectorData | undefined {
    if (this.#kind === 'new') return undefined;
    this.#forged ??= this.#packets();
    return this.#forged.shift();
  }

  #packets(): TcpPacket[] {
    const { conversation, connection } = this.tracked;
    if (this.#isDropped) return [];
    if (this.#isReset) return this.#resets();
    // Its last packet goes behind all that was held.
    if (connection.isOver) conversation.flush();
    const packets: Packet[] = [];
    // What it acknowledges may let the other side's data go, too.
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

/** The dissector data of tcp-connection. A later Haka has the ends of the connection here, too. */
export function tcpFlowDefinition(objects: HostObjects, addresses: AddressType): ObjectDefinition<TcpFlow> {
  return {
    name: 'tcp-connection',
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
