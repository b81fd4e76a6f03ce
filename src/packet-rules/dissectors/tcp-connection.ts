import { Flag } from '../../packets/headers/tcp.ts';
import type { Packet } from '../../packets/packet.ts';
import type { StreamBuffers } from '../objects/buffers/stream-buffers.ts';
import { dataHook, endHook, type FlowKind, TcpFlow } from '../objects/connections/tcp-flow.ts';
import { TcpPacket } from '../objects/packets/tcp-packet.ts';
import { addressText } from '../objects/values/address.ts';
import type { RaiseAlert } from '../reporting/alerts.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import type { ConnectionTracker } from '../traffic/connection-tracker.ts';
import type { TrackedConnection } from '../traffic/tracked-connection.ts';
import type { Dissector, DissectorData } from './dissector.ts';

const newEvent = 'tcp-connection-new';
const dataHooks = [dataHook];

/** Tracks connections, and lets rules read and change their streams. */
export class TcpConnectionDissector implements Dissector {
  readonly name = 'tcp-connection';
  readonly hooks = [newEvent, dataHook, endHook];
  readonly #connections: ConnectionTracker;
  readonly #engine: RuleEngine;
  readonly #alert: RaiseAlert;
  readonly #packetOf: (packet: Packet) => TcpPacket | undefined;
  readonly #ports: ReadonlyMap<number, string>;
  readonly #buffers: StreamBuffers;

  constructor(
    connections: ConnectionTracker,
    engine: RuleEngine,
    alert: RaiseAlert,
    packetOf: (packet: Packet) => TcpPacket | undefined,
    ports: ReadonlyMap<number, string>,
    buffers: StreamBuffers,
  ) {
    this.#connections = connections;
    this.#engine = engine;
    this.#alert = alert;
    this.#packetOf = packetOf;
    this.#ports = ports;
    this.#buffers = buffers;
  }

  dissect(below: DissectorData): DissectorData | undefined {
    if (!(below instanceof TcpPacket)) return undefined;
    const { packet } = below;
    // Rules have changed its headers, and it is not TCP any more.
    if (packet.tcp === undefined) return undefined;
    const found = this.#connections.track(packet);
    if (found === undefined) return this.#refuse(below);
    if (found === 'over') return this.#late(below);
    const { tracked, isNew } = found;
    const isFromClient = tracked.connection.isFromClient(packet);
    if (isNew && !this.#begin(tracked, below, isFromClient)) return undefined;
    if (packet.tcp === undefined) return undefined;
    return this.#push(tracked, below, isFromClient);
  }

  /** Whether rules let the connection begin. */
  #begin(tracked: TrackedConnection, tcp: TcpPacket, isFromClient: boolean): boolean {
    tracked.data = 'new table';
    tracked.next = this.#ports.get(tracked.destinationPort);
    const flow = this.#flow(tracked, tcp, isFromClient, 'new');
    if (this.#engine.runHook(newEvent, flow)) return true;
    this.#connections.drop(tracked);
    tcp.drop();
    return false;
  }

  #push(tracked: TrackedConnection, below: TcpPacket, isFromClient: boolean): TcpFlow {
    const { header, packet } = below;
    const { connection, conversation } = tracked;
    for (const side of [true, false]) {
      const { isKnown, initial } = side ? connection.client : connection.server;
      if (isKnown) conversation.begin(side, initial + 1);
    }
    // The streams must know the numbers of a connection also when a rule has dropped it.
    const pushed = conversation.push(packet, header, isFromClient);
    if (pushed === 'refused') below.drop();
    const kind: FlowKind = pushed !== 'direct' ? 'data' : header.has(Flag.rst) ? 'reset' : 'silent';
    const flow = this.#flow(tracked, below, isFromClient, kind);
    if (kind === 'data') showData(flow, this.#engine, this.#buffers);
    return flow;
  }

  /** Takes a late packet of a connection that ended well: a copy of earlier data, or the last acknowledgement. */
  #late(below: TcpPacket): DissectorData | undefined {
    const { packet, header } = below;
    const tracked = this.#connections.findOver(packet);
    if (tracked?.connection.cause !== 'fin') {
      below.drop();
      return undefined;
    }
    const isFromClient = tracked.connection.isFromClient(packet);
    if (tracked.conversation.push(packet, header, isFromClient) === 'refused') below.drop();
    return this.#flow(tracked, below, isFromClient, 'silent');
  }

  #refuse(below: TcpPacket): undefined {
    const { ip, header } = below;
    this.#alert({
      severity: 'low',
      description: 'no connection found for tcp packet',
      sources: [addressNode(ip.source), serviceNode(header.sourcePort)],
      targets: [addressNode(ip.destination), serviceNode(header.destinationPort)],
    });
    below.drop();
    return undefined;
  }

  #flow(tracked: TrackedConnection, tcp: TcpPacket, isFromClient: boolean, kind: FlowKind): TcpFlow {
    return new TcpFlow(tracked, tcp, isFromClient, kind, this.#connections, this.#packetOf);
  }
}

/** Runs the rules of a later Haka's event, if data have come. */
export function showData(flow: TcpFlow, engine: RuleEngine, buffers: StreamBuffers): void {
  if (!engine.hasRules(dataHooks)) return;
  const { stream, tracked } = flow;
  if (stream === undefined || stream.available === 0) return;
  const event = buffers.begin(tracked, stream);
  flow.data = event;
  try {
    engine.runHook(dataHook, flow);
  } finally {
    flow.data = undefined;
    event.end();
  }
}

function addressNode(address: Uint8Array) {
  return { kind: 'address', values: [addressText(address)] } as const;
}
function serviceNode(port: number) {
  return { kind: 'service', values: [`tcp/${port}`] } as const;
}
