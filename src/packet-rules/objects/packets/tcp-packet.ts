import { BareLuaError } from '../../../lua/host/errors.ts';
import { Flag, Tcp } from '../../../packets/headers/tcp.ts';
import type { Packet } from '../../../packets/packet.ts';
import { carry, longestPacket } from '../../../packets/streams/segments.ts';
import type { DissectorData } from '../../dissectors/dissector.ts';
import type { IPPacket } from './ip-packet.ts';
import { Payload } from './payload.ts';

const bytesWithoutOptions = 20;

export class TcpPayload extends Payload {
  readonly #tcp: TcpPacket;

  constructor(tcp: TcpPacket) {
    super();
    this.#tcp = tcp;
  }

  override get packet(): Packet {
    return this.#tcp.packet;
  }

  override get bytes(): Uint8Array {
    return this.#tcp.header.payload;
  }

  /** Writes through the header, so that the checksum follows also where the capture is truncated. */
  override set(index: number, byte: number): void {
    const { header } = this.#tcp;
    header.replaceOption(header.headerLength - bytesWithoutOptions + index, Uint8Array.of(byte));
  }

  override replace(bytes: Uint8Array): boolean {
    return this.#tcp.header.replacePayload(bytes);
  }
}

/** A TCP packet over its IP packet, whatever its connection. */
export class TcpPacket implements DissectorData {
  readonly dissector = 'tcp';
  readonly isSilent = false;
  readonly next: string | undefined;
  readonly ip: IPPacket;
  readonly #header: Tcp;
  readonly #longest: number;
  readonly #packetsOver: (packet: Packet, like: TcpPacket) => IPPacket;
  #payload: TcpPayload | undefined;
  #flags: TcpFlags | undefined;
  #ready: IPPacket[] | undefined;

  /** @param packetsOver gives the IP packets of the further packets that a payload too long for one needs. */
  constructor(
    ip: IPPacket,
    next: string | undefined,
    packetsOver: (packet: Packet, like: TcpPacket) => IPPacket,
  ) {
    this.ip = ip;
    this.next = next;
    this.#header = ip.packet.tcp ?? new Tcp(ip.packet);
    this.#longest = Math.max(longestPacket, ip.packet.end - ip.packet.network);
    this.#packetsOver = packetsOver;
  }

  get packet(): Packet {
    return this.ip.packet;
  }

  /** @throws LuaError when a rule has broken the IP header in front of it */
  get header(): Tcp {
    if (this.packet.transport < 0) throw new BareLuaError('this packet has no TCP header any more');
    return this.#header;
  }

  get payload(): TcpPayload {
    this.#payload ??= new TcpPayload(this);
    return this.#payload;
  }

  get flags(): TcpFlags {
    this.#flags ??= new TcpFlags(this);
    return this.#flags;
  }

  isValid(): boolean {
    return this.ip.isValid();
  }

  drop(): void {
    this.ip.drop();
  }

  forge(): DissectorData | undefined {
    this.#ready ??= [this.ip, ...this.#split()];
    return this.#ready.shift();
  }

  /** Moves what does not fit into further packets. */
  #split(): IPPacket[] {
    const { packet } = this;
    const header = this.#header;
    if (packet.transport < 0 || !this.isValid() || packet.end - packet.network <= this.#longest) return [];
    const payload = header.payload.slice();
    header.replacePayload(new Uint8Array(0));
    const [, ...further] = carry(packet, header.sequence, payload);
    return further.map((other) => this.#packetsOver(other, this));
  }
}

/** The flags of a TCP header. */
export class TcpFlags {
  readonly tcp: TcpPacket;

  constructor(tcp: TcpPacket) {
    this.tcp = tcp;
  }
}

/** The flags by their names in Lua, which are Haka's: ECE is `ecn`. */
export const tcpFlags = {
  fin: Flag.fin,
  syn: Flag.syn,
  rst: Flag.rst,
  psh: Flag.psh,
  ack: Flag.ack,
  urg: Flag.urg,
  ecn: Flag.ece,
  cwr: Flag.cwr,
} as const;
