import { counted } from '../../text/plural.ts';
import { noLayers, TCP } from '../headers/layers.ts';
import type { Packet } from '../packet.ts';
import { locateNetwork } from './link-layer.ts';
import { innermost } from './locate.ts';
import { nowhere, type Place } from './place.ts';
import { mayTunnel } from './tunnels.ts';

/** https://www.tcpdump.org/linktypes.html */
const linkTypes: ReadonlyMap<number, string> = new Map([
  [6, 'Token Ring'],
  [10, 'FDDI'],
  [105, 'IEEE 802.11'],
  [107, 'Frame Relay'],
  [119, 'IEEE 802.11 with Prism header'],
  [127, 'IEEE 802.11 with radiotap'],
  [138, 'IP over FireWire'],
  [149, 'PKTAP of Apple'],
  [163, 'IEEE 802.11 with AVS header'],
  [187, 'Bluetooth'],
  [189, 'USB of Linux'],
  [192, 'Per-Packet Information'],
  [195, 'IEEE 802.15.4'],
  [201, 'Bluetooth'],
  [220, 'USB of Linux'],
  [227, 'SocketCAN'],
  [240, 'netANALYZER'],
  [247, 'InfiniBand'],
  [249, 'USB of Windows'],
  [253, 'netlink'],
  [258, 'PKTAP of Apple'],
]);

const etherTypes: ReadonlyMap<number, string> = new Map([
  [0x8137, 'IPX'],
  [0x88e5, 'MACsec'],
  [0x88e7, 'provider backbone bridging'],
  [0x8926, 'VN-Tag'],
  [0x893f, 'E-Tag'],
  [0x894f, 'network service header'],
]);

/** ARP, RARP, wake on LAN, TRILL's and PPPoE's control, 802.1X, LLDP, slow protocols, CFM, PTP, loop tests: no IP is looked for there. */
const withoutIP: ReadonlySet<number> = new Set([
  0x0806, 0x0842, 0x22f4, 0x8035, 0x8809, 0x8863, 0x888e, 0x88c7, 0x88cc, 0x88e1, 0x8902, 0x88f7, 0x890d,
  0x9000, 0x9003,
]);

const pppTypes: ReadonlyMap<number, string> = new Map([
  [0x2d, 'compressed TCP'],
  [0x3d, 'multilink'],
  [0x53, 'encrypted'],
  [0xfb, 'compressed'],
  [0xfd, 'compressed'],
]);
/** From there on PPP controls itself. */
const firstPppControl = 0x4000;

/** What may hold TCP and is not opened. */
const ipProtocols: ReadonlyMap<number, string> = new Map([
  [47, 'GRE'],
  [50, 'ESP'],
  [97, 'EtherIP'],
  [108, 'IP compression'],
  [115, 'L2TP'],
  [137, 'MPLS'],
]);

/** Kinds that are told apart. */
const mostKinds = 20;

function named(what: string, name: string | undefined): string {
  return name === undefined ? what : `${what} (${name})`;
}

function hex(type: number): string {
  return `0x${type.toString(16).padStart(4, '0')}`;
}

/** What a frame holds in place of IP; undefined where nobody expects IP. */
function carriedName({ carried, type }: Place): string | undefined {
  switch (carried) {
    case 'link type':
      return named(`link type ${type}`, linkTypes.get(type));
    case 'EtherType':
      return withoutIP.has(type) ? undefined : named(`EtherType ${hex(type)}`, etherTypes.get(type));
    case 'PPP protocol':
      return type >= firstPppControl ? undefined : named(`PPP protocol ${hex(type)}`, pppTypes.get(type));
    default:
      return undefined;
  }
}

/** Why no TCP was found in a packet, where there may be some; undefined for UDP, ARP and the like, and fragments. */
function unreadIn(packet: Packet): string | undefined {
  const { bytes, linkType } = packet;
  if (packet.network < 0) {
    const place = nowhere();
    locateNetwork(linkType, bytes, place);
    return bytes.length === 0 ? 'nothing captured' : carriedName(place);
  }
  const layers = noLayers();
  const carried = innermost(bytes, packet.network, layers);
  if (layers.problem !== undefined) return layers.problem;
  if (layers.isFragment) {
    const mayHoldTcp = layers.protocol === TCP || mayTunnel(layers.protocol);
    return mayHoldTcp && !packet.isFragment
      ? 'IP fragments within a tunnel, which --innermost puts together'
      : undefined;
  }
  if (!ipProtocols.has(layers.protocol)) return undefined;
  const inside = named(`IP protocol ${layers.protocol}`, ipProtocols.get(layers.protocol));
  if (carried.carried === 'nothing') return inside;
  const name = carriedName(carried);
  return name === undefined ? undefined : `${inside} of ${name}`;
}

/** Counts packets that may have held TCP and were not understood, by what they are. */
export class UnreadPackets {
  readonly #counts = new Map<string, number>();

  /** One without a TCP header. */
  take(packet: Packet): void {
    const why = unreadIn(packet);
    if (why === undefined) return;
    const known = this.#counts.has(why) || this.#counts.size < mostKinds ? why : 'other things';
    this.#counts.set(known, (this.#counts.get(known) ?? 0) + 1);
  }

  /** The most frequent first. */
  get notes(): string[] {
    return [...this.#counts]
      .toSorted(([, one], [, other]) => other - one)
      .map(([why, count]) => `${counted(count, 'packet')} ${count === 1 ? 'is' : 'are'} not read: ${why}`);
  }
}
