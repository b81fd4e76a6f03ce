import type { Packet } from '../../packets/packet.ts';
import type { IPPacket } from '../objects/packets/ip-packet.ts';
import { IPv4Packet } from '../objects/packets/ipv4-packet.ts';
import { IPv6Packet } from '../objects/packets/ipv6-packet.ts';
import type { ProtocolRegistry } from '../objects/packets/protocol-registry.ts';
import type { RawPacket } from '../objects/packets/raw-packet.ts';
import { TcpPacket } from '../objects/packets/tcp-packet.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import type { PacketSource } from './packet-source.ts';

/** Which objects of rules stand for a packet: the same until `forget`. */
export class PacketObjects {
  readonly #capture: PacketSource;
  readonly #protocols: ProtocolRegistry;
  readonly #engine: RuleEngine;
  readonly #known = new Map<Packet, TcpPacket>();

  constructor(capture: PacketSource, protocols: ProtocolRegistry, engine: RuleEngine) {
    this.#capture = capture;
    this.#protocols = protocols;
    this.#engine = engine;
  }

  readonly newTcp = (ip: IPPacket): TcpPacket => {
    const next = this.#engine.has('tcp-connection') ? 'tcp-connection' : undefined;
    const tcp = new TcpPacket(ip, next, (packet) => this.#overRaw(this.#capture.wrap(packet)));
    this.#known.set(ip.packet, tcp);
    return tcp;
  };

  readonly packetOf = (packet: Packet): TcpPacket | undefined => {
    const known = this.#known.get(packet);
    if (known !== undefined || packet.tcp === undefined) return known;
    return this.newTcp(this.#overRaw(this.#capture.wrap(packet)));
  };

  /** The packet at hand is done with: one that a stream holds gets others when it goes. */
  forget(): void {
    this.#known.clear();
  }

  #overRaw(raw: RawPacket): IPPacket {
    const Kind = raw.packet.version === 6 ? IPv6Packet : IPv4Packet;
    return new Kind(raw, this.#protocols);
  }
}
