import type { Packet } from '../../packets/packet.ts';
import type { IPPacket } from '../objects/packets/ip-packet.ts';
import { IPv4Packet } from '../objects/packets/ipv4-packet.ts';
import { IPv6Packet } from '../objects/packets/ipv6-packet.ts';
import type { ProtocolRegistry } from '../objects/packets/protocol-registry.ts';
import type { RawPacket } from '../objects/packets/raw-packet.ts';
import { TcpPacket } from '../objects/packets/tcp-packet.ts';
import type { RuleEngine } from '../rules/rule-engine.ts';
import type { PacketSource } from './packet-source.ts';

/** The objects that rules get for packets: the same one for a packet until `forget`. */
export class PacketObjects {
  readonly #packets: PacketSource;
  readonly #protocols: ProtocolRegistry;
  readonly #engine: RuleEngine;
  readonly #known = new Map<Packet, TcpPacket>();

  constructor(packets: PacketSource, protocols: ProtocolRegistry, engine: RuleEngine) {
    this.#packets = packets;
    this.#protocols = protocols;
    this.#engine = engine;
  }

  /** A new TCP packet over an IP packet. */
  readonly newTcp = (ip: IPPacket): TcpPacket => {
    const next = this.#engine.has('tcp-connection') ? 'tcp-connection' : undefined;
    const tcp = new TcpPacket(ip, next, (packet) => this.#overRaw(this.#packets.wrap(packet)));
    this.#known.set(ip.packet, tcp);
    return tcp;
  };

  /** The object for a packet that comes out of a stream. Undefined: it is no TCP packet. */
  readonly packetOf = (packet: Packet): TcpPacket | undefined => {
    const known = this.#known.get(packet);
    if (known !== undefined || packet.tcp === undefined) return known;
    return this.newTcp(this.#overRaw(this.#packets.wrap(packet)));
  };

  /** Forgets all objects. A packet that a stream holds gets another one when it leaves the stream. */
  forget(): void {
    this.#known.clear();
  }

  #overRaw(raw: RawPacket): IPPacket {
    const Kind = raw.packet.version === 6 ? IPv6Packet : IPv4Packet;
    return new Kind(raw, this.#protocols);
  }
}
